-- Nothing reads the meters by an index of their own times: their ids sort as they are made, and so does the key.

drop index contextfs.usage_records_newest;
