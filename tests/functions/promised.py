"""What the security page promises and no other list has, taken out; beside it the test that has to notice."""

from tests.mutation import Unchecked, never, without

_ISOLATION = "adapters/database/migrations/0009_pre_isolation.sql"
_BI = "adapters/database/migrations/0044_pre_bi_logins.sql"
_LIVE = "tests/contextfs/adapters/database/test_isolation_live.py::"
_PROXYING = "tests/contextfs/runtime/proxying/test_endpoint.py::"
_BORDER = "tests/contextfs/runtime/border/"
_LOGINS = "tests/contextfs/adapters/database/test_logins.py::"
_LIMITS, _LOCKOUTS = "tests/functions/test_limits.py::", "tests/functions/test_lockouts.py::"

_ISOLATED = (
    without(
        "a row is its organization's",
        _ISOLATION,
        "tenant text := 'org_id = (select contextfs.claim(''org_id'')::uuid)'",
        "tenant text := 'true'",
        _LIVE + "test_a_tenant_sees_its_rows_only",
    ),
    without(
        "without claims nothing is seen",
        _ISOLATION,
        "tenant text := 'org_id = (select contextfs.claim(''org_id'')::uuid)'",
        "tenant text := 'contextfs.claim(''org_id'') is null or org_id = (select contextfs.claim(''org_id'')::uuid)'",
        _LIVE + "test_without_claims_nothing_is_seen",
    ),
    without(
        "what is private",
        _ISOLATION,
        "reader text := 'visibility <> ''private'' or",
        "reader text := 'true or",
        "tests/functions/test_isolation.py::test_a_strangers_call_is_answered_as_if_the_victim_were_not_there",
    ),
    without(
        "a route that nobody tries",
        "runtime/isolation/matrix.py",
        '"memories.get": Row(',
        '"memories.read": Row(',
        "tests/functions/test_isolation.py::test_every_route_has_its_row_in_the_matrix",
    ),
    without(
        "a row for a route that is gone",
        "runtime/isolation/matrix.py",
        '"memories.get": Row(',
        '"memories.gone": Row(),\n        "memories.get": Row(',
        "tests/functions/test_isolation.py::test_every_route_has_its_row_in_the_matrix",
    ),
    without(
        "a BI tool reads one organization",
        _BI,
        "tenant text := 'org_id = (select contextfs.bi_claim(''org_id'')::uuid)'",
        "tenant text := 'true'",
        _LOGINS + "test_it_reads_the_shared_things_of_its_organization_and_nothing_else",
    ),
    without(
        "a BI tool is nobody",
        _BI,
        "shown.name, 'visibility <> ''private'''",
        "shown.name, 'true'",
        _LOGINS + "test_it_reads_the_shared_things_of_its_organization_and_nothing_else",
    ),
    without(
        "MCP calls as who asks",
        _ISOLATION,
        "tenant text := 'org_id = (select contextfs.claim(''org_id'')::uuid)'",
        "tenant text := 'true'",
        "tests/clients/mcp/test_http.py::test_another_tenant_sees_nothing_of_it",
    ),
)

_LET_IN = (
    never(
        "another person's key",
        "journeys/enter/keys.py",
        'holder is not None and people.get(call.tx, holder).kind == "person"',
        "tests/functions/keys/test_rotate.py::test_nobody_takes_another_persons_key_over",
    ),
    without(
        "a key is kept as a hash",
        "journeys/enter/keys.py",
        '"hint": keys.hint(secret),',
        '"hint": secret,',
        "tests/functions/keys/test_create.py::test_a_key_works_and_its_secret_is_shown_once",
    ),
    without(
        "an organization keeps an owner",
        "adapters/database/migrations/0021_pre_people.sql",
        "    perform from contextfs.organizations as o where o.org_id = old.org_id for no key update;",
        "    perform from contextfs.organizations as o where o.org_id = old.org_id;",
        "tests/functions/users/test_delete.py::test_who_removes_the_other_owner_waits_and_sees_what_the_first_left",
    ),
    without(
        "a device is decided once",
        "adapters/database/migrations/0033_pre_devices.sql",
        "d.decision is null and ",
        "",
        "tests/functions/auth/test_decide.py::test_a_code_is_decided_once_also_by_two_at_once",
    ),
    without(
        "the file of keys",
        "client/private_file.py",
        "0o600",
        "0o644",
        "tests/clients/cli/commands/test_auth.py::test_a_browser_lets_this_machine_in",
    ),
    without(
        "a key in the keyring",
        "client/login/credentials.py",
        'key="" if in_keyring else key',
        "key=key",
        "tests/clients/cli/commands/test_auth.py::test_where_there_is_a_keyring_the_key_is_in_it_alone",
    ),
    without(
        "who ends a login of SAML",
        "adapters/identity/saml/logout.py",
        "        check_query(message.query, name, metadata.certificates)\n",
        "",
        "tests/functions/saml/test_logout.py::test_nobody_else_ends_a_login",
    ),
    without(
        "a lock is for one credential",
        "adapters/database/migrations/0030_pre_lockouts.sql",
        " and w.target = named and w.address = client",
        " and w.address = client",
        _LOCKOUTS + "test_nobody_is_locked_out_elsewhere_or_with_another_credential",
    ),
    without(
        "a lock is for one address",
        "adapters/database/migrations/0030_pre_lockouts.sql",
        " and w.target = named and w.address = client",
        " and w.target = named",
        _LOCKOUTS + "test_nobody_is_locked_out_elsewhere_or_with_another_credential",
    ),
    without(
        "a key's allowance ends",
        "runtime/allowance/allowance.py",
        "self._stop(self.allowance.leases.spend(self.paying, self.cost, now))",
        "self.allowance.leases.spend(self.paying, self.cost, now)",
        _LIMITS + "test_who_has_used_it_up_is_told_the_cure_and_comes_in_again_in_time",
    ),
    without(
        "an address pays for whom nobody knows alone",
        "runtime/allowance/allowance.py",
        "self.paying = self.of_address if known is None else self.allowance.of(*known)",
        "self.paying = self.of_address",
        _LIMITS + "test_an_address_pays_for_callers_whom_nobody_knows_and_not_for_the_others",
    ),
    without(
        "an address that anybody writes",
        "runtime/http/address.py",
        "_plain(passed[-hops]) if",
        "_plain(passed[0]) if",
        "tests/contextfs/runtime/http/test_address.py::test_what_a_client_writes_itself_changes_nothing",
    ),
)

_TOLD = (
    without(
        "a question is told by its hash",
        "journeys/find/noted.py",
        'sha256(question.encode("utf-8", "surrogatepass")).hexdigest()',
        "question",
        "tests/functions/test_audited.py::test_the_log_tells_what_was_done",
    ),
    without(
        "a stream goes in the order of the chain",
        "domain/audit/streams.sql",
        "order by a.position",
        "order by a.id desc",
        "tests/functions/audit_stream/test_delivery.py::test_the_order_is_that_of_the_chain_whoever_writes_at_once",
    ),
    without(
        "one entry is skipped, and not the rest",
        "journeys/keep/sending.py",
        "        entries = entries[: len(entries) // 2]\n",
        "        break\n",
        "tests/functions/audit_stream/test_delivery.py::"
        "test_an_entry_that_is_refused_is_skipped_and_told_and_what_follows_goes_on",
    ),
    without(
        "a region's word is signed",
        "runtime/border/passport.py",
        'genuine = hmac.compare_digest(_mac(regions.key, told, asked), match["mac"])',
        "genuine = True",
        _BORDER + "test_passport.py::test_no_character_of_it_can_be_changed",
    ),
    without(
        "an event stays where its organization does not live",
        "journeys/react/border.py",
        "leaving = [event for event in events if event.org_id not in away]",
        "leaving = [*events]",
        "tests/contextfs/journeys/react/test_border.py::test_they_are_kept_told_and_sent_again_when_it_lives_here",
    ),
)

_TAKEN_OUT = (
    without(
        "tokens of known shapes",
        "domain/redaction/rules.py",
        "            *tokens(data),\n",
        "",
        "tests/contextfs/domain/redaction/test_corpus.py::test_no_secret_of_any_kind_survives",
    ),
    without(
        "payment cards",
        "domain/redaction/personal.py",
        "        yield from cards(data, shape, wide, lowered)\n",
        "        yield from ()\n",
        "tests/contextfs/domain/redaction/test_personal.py::test_recall_of_each_class",
    ),
    without(
        "an organization's own rules",
        "domain/redaction/rules.py",
        "*(_own(data, rules, called) if rules else ()),",
        "",
        "tests/functions/redaction/test_put.py::test_it_holds_for_each_way_in",
    ),
    without(
        "a secret on the border of two parts of a record",
        "journeys/capture/record_lines.py",
        "told, held = _text([line for line, _ in run], before, cleaner)",
        "held += _text([line for line, _ in run], (), cleaner).lines",
        "tests/functions/sessions/test_put_record.py::test_a_secret_on_the_border_of_chunks_goes",
    ),
)

_PASSED_ON = (
    without(
        "who has requests passed on",
        "runtime/proxying/endpoint.py",
        "            await answer(send, speaking, request_id)\n            return\n",
        "            pass\n",
        _PROXYING + "test_who_brings_no_key_or_one_that_is_wrong_reaches_nobody",
    ),
    without(
        "the key of a model is logged nowhere",
        "runtime/proxying/endpoint.py",
        "        speaking = await run_in_threadpool(speaker, caller)\n",
        "        _log.warning('asked', extra={'headers': headers})\n"
        "        speaking = await run_in_threadpool(speaker, caller)\n",
        _PROXYING + "test_the_models_key_is_stored_and_logged_nowhere",
    ),
    never(
        "which models are asked",
        "runtime/proxying/upstreams.py",
        "root is None",
        _PROXYING + "test_only_what_is_named_is_asked",
    ),
    without(
        "spending is in turn",
        "domain/spending/postgres.sql",
        "select pg_advisory_xact_lock(hashtextextended('spending:' || %(org_id)s::text, 0))",
        "select %(org_id)s",
        "tests/functions/test_spending.py::test_who_comes_second_waits_and_sees_what_the_first_took",
    ),
    without(
        "a reply is for no other site",
        "runtime/door/door.py",
        ', "x-content-type-options": "nosniff"}',
        "}",
        "tests/functions/test_owasp.py::test_api8_no_reply_is_for_another_site_or_a_shared_cache",
    ),
    without(
        "a body says no more than it may",
        "domain/access/model.py",
        "class NewApiKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):",
        "class NewApiKey(msgspec.Struct, frozen=True, kw_only=True):",
        "tests/functions/test_owasp.py::test_api3_a_body_does_not_set_what_is_the_servers_own",
    ),
)

MUTANTS: tuple[Unchecked, ...] = (*_ISOLATED, *_LET_IN, *_TOLD, *_TAKEN_OUT, *_PASSED_ON)
