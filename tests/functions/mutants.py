"""Each check that every call passes, taken out; beside it the test that has to notice."""

from tests.mutation import Unchecked, never, without

_DOOR, _ENTRANCE, _LOGIN = "runtime/door/door.py", "runtime/door/entrance.py", "runtime/callers/login.py"
_SIGNED, _LINKS, _WEB = "domain/sources/signatures.py", "adapters/clouds/local/blobs.py", "adapters/web.py"


def _every(name: str) -> str:
    return f"tests/functions/test_every_route.py::{name}"


def _received(name: str) -> str:
    return f"tests/functions/ingest/test_receive.py::{name}"


def _anchored(name: str) -> str:
    return f"tests/contextfs/journeys/keep/test_anchoring.py::{name}"


_WAITS = "tests/functions/test_lockouts.py::test_wrong_tries_of_any_kind_have_to_wait"
_FROM_THERE = "tests/functions/networks/test_put.py::test_only_who_comes_from_there_is_let_in"
_HUGE = "tests/contextfs/runtime/http/test_reading.py::test_one_that_does_not_is_read_up_to_there_and_no_further"
_OWNERS = "tests/functions/admin/test_audit_verify.py::test_what_the_owner_of_the_database_does_is_found"

MUTANTS: tuple[Unchecked, ...] = (
    without(
        "permission",
        "runtime/callers/authorize.py",
        "        may(principal, route.needs)",
        "        pass",
        _every("test_without_its_permission_it_answers_403_and_names_it"),
    ),
    never(
        "reach of the whole organization",
        "runtime/callers/authorize.py",
        "route.whole and principal.project_ids is not None",
        "tests/functions/networks/test_put.py::test_it_takes_every_project_and_the_permission",
    ),
    without(
        "a key may what its member may now",
        "runtime/callers/key.py",
        "own if held is None else meet(own, held)",
        "own",
        "tests/functions/users/test_update.py::test_a_lesser_role_takes_hold_of_the_keys_there_are",
    ),
    never(
        "what a key hands out",
        "journeys/enter/keys.py",
        "not allows(call.principal.permissions, permission)",
        "tests/functions/keys/test_create.py::test_nobody_hands_out_more_than_they_have",
    ),
    never(
        "what a role hands out",
        "journeys/enter/bounds.py",
        "missing is not None",
        "tests/functions/roles/test_create.py::test_nobody_makes_a_role_that_may_more",
    ),
    without(
        "token of a login",
        _LOGIN,
        "crosses or not rules.is_meant(login.id, pepper, sent)",
        "crosses",
        "tests/functions/auth/test_me.py::test_a_change_without_the_token_is_refused",
    ),
    without(
        "another site's page",
        _LOGIN,
        "crosses or not rules.is_meant(login.id, pepper, sent)",
        "not rules.is_meant(login.id, pepper, sent)",
        "tests/functions/auth/test_me.py::test_a_change_that_another_site_asks_for_is_refused",
    ),
    never(
        "a wrong try is counted",
        _DOOR,
        "isinstance(error, NotAuthenticated) and asked.tried is not None",
        f"{_WAITS}[key]",
    ),
    without("a wait holds", _ENTRANCE, "            lockout.check(before, now)\n", "", f"{_WAITS}[key]"),
    without(
        "address of who changes a key for a token",
        "runtime/oauth/exchange.py",
        "address=call.address",
        "address=None",
        f"{_WAITS}[exchanged]",
    ),
    without(
        "… where networks are named",
        "runtime/oauth/exchange.py",
        "address=call.address",
        "address=None",
        "tests/functions/networks/test_put.py::test_a_key_is_changed_for_a_token_from_there_alone",
    ),
    without(
        "all of a key counts",
        "kit/tokens.py",
        "    return peppers.digest(pepper, text.encode())",
        "    return peppers.digest(pepper, text[:-20].encode())",
        "tests/functions/keys/test_timing.py::test_a_key_that_is_nearly_right_takes_the_work_of_one_that_is_not_there",
    ),
    without(
        "what is compared is keyed",
        "kit/pepper.py",
        "keyed = _keyed(pepper).copy()",
        'keyed = _keyed(b"").copy()',
        "tests/functions/keys/test_timing.py::test_what_is_compared_is_a_hash_by_a_pepper_that_nobody_outside_knows",
    ),
    never("networks of an organization", _ENTRANCE, 'found is not None and not found["is_within"]', _FROM_THERE),
    never("length of a body", "runtime/http/reading.py", "size > limit", _HUGE),
    without(
        "signature of a delivery",
        _SIGNED,
        'hmac.compare_digest(one.encode("latin-1"), mine.encode())',
        "True",
        _received("test_a_signature_that_is_not_good_lets_nobody_in"),
    ),
    without(
        "time of a delivery",
        _SIGNED,
        " or abs(now.astimezone(UTC).timestamp() - int(text)) > TOLERANCE_SECONDS",
        "",
        _received("test_a_delivery_of_another_time_is_refused"),
    ),
    never(
        "signature of a link",
        _LINKS,
        "not hmac.compare_digest(self._signature(key, name, ends).encode(), signature.encode())",
        "tests/functions/exports/test_get.py::test_what_is_no_link_opens_nothing",
    ),
    without(
        "public addresses alone",
        _WEB,
        " or not all(map(is_public, addresses))",
        "",
        "tests/contextfs/adapters/test_web.py::test_what_is_not_public_is_not_asked",
    ),
    without(
        "redirects are not followed",
        _WEB,
        "follow_redirects=False",
        "follow_redirects=True",
        "tests/contextfs/adapters/test_web.py::test_a_redirect_is_not_followed",
    ),
    without(
        "an entry is what it was",
        "domain/audit/chain.py",
        "if link.position == position + 1 and following(before, link.digest) != link.hash",
        "if False",
        f"{_OWNERS}[changed]",
    ),
    without(
        "gaps of a log",
        "domain/audit/chain.py",
        "        faults += _gap(position, link.position)\n",
        "",
        f"{_OWNERS}[taken out]",
    ),
    without(
        "end of a log",
        "domain/audit/chain.py",
        "    faults += _end(head, position, before)\n",
        "",
        f"{_OWNERS}[cut off]",
    ),
    without(
        "what a file knows of a log",
        "journeys/keep/audit.py",
        "head, noted, held, start=start",
        "head, noted, start=start",
        _anchored("test_an_end_that_was_taken_off_is_found"),
    ),
    without(
        "a chain breaks between that file and its end",
        "domain/audit/chain.py",
        "if link.position != position + 1 or following(before, link.digest) != link.hash",
        "if False",
        _anchored("test_a_log_that_is_written_anew_behind_one_hash_moves_no_file"),
    ),
    without(
        "that file is not moved on",
        "journeys/keep/anchoring.py",
        "before not in {NEVER, ending.end} and not _goes_on_now(tx, key, org_id, before, ending)",
        "False",
        _anchored("test_a_head_that_is_set_back_moves_no_file_back"),
    ),
    without(
        "one run at a time moves that file",
        "journeys/keep/anchoring.py",
        " if anchors.hold(tx, org_id) else None",
        "",
        _anchored("test_of_two_runs_none_moves_a_file_back"),
    ),
    without(
        "a file that was not read",
        "journeys/keep/audit.py",
        "blobs is not None and anchor is None",
        "False",
        _anchored("test_a_file_that_could_not_be_read_is_no_file_that_tells_nothing"),
    ),
    without(
        "a cut that the file does not vouch for",
        "journeys/keep/retention.py",
        "end if blobs is None else anchored(blobs, org_id)",
        "end",
        _anchored("test_no_cut_hides_a_log_that_was_written_anew"),
    ),
    without(
        "a cut behind a checkpoint that is none of ours",
        "journeys/keep/retention.py",
        " or (cut_ is not None and not is_signed(org_id, cut_, key))",
        "",
        "tests/functions/admin/test_retain.py::test_a_cut_covers_nothing_that_was_taken_out_before",
    ),
    without(
        "a log has had its turn when it is looked at",
        "journeys/keep/retention.py",
        "            retention.look(tx, one.org_id, now)\n",
        "            pass\n",
        "tests/functions/admin/test_retain.py::test_one_log_with_which_a_run_ends_keeps_no_other_waiting",
    ),
    without(
        "a long log goes in parts",
        "journeys/keep/retention.py",
        "            ends.append((link.position, link.hash))\n",
        "            pass\n",
        "tests/functions/admin/test_retain.py::test_a_long_log_goes_in_parts",
    ),
    without(
        "an entry that goes is what it was",
        "adapters/database/migrations/0081_pre_fair_cuts.sql",
        "    if part.holds is not true or part.position <> until then",
        "    if part.position <> until then",
        "tests/functions/admin/test_retain.py::test_a_cut_looks_itself_at_what_goes",
    ),
    without(
        "two runs that cut at once",
        "adapters/database/migrations/0081_pre_fair_cuts.sql",
        " where r.org_id = own for update;",
        " where r.org_id = own;",
        "tests/functions/admin/test_retain.py::test_two_runs_at_once_cut_a_log_once",
    ),
    without(
        "what is in an export",
        "journeys/export/requests.py",
        "        may(call.principal, _READS[held])\n",
        "        _ = held\n",
        "tests/functions/exports/test_get.py::test_it_opens_to_who_may_read_what_is_in_it_alone",
    ),
)
