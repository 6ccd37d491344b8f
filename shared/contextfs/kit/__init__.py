"""Words that every other room uses: errors, ids, time, settings, logs, pages, SQL texts, ports and the call."""
