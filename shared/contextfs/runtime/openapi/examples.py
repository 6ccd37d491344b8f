"""A request body for each route that takes one: the examples in the API's description, each sent by a test."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

PROJECT = "01890a5d-ac96-774b-bcce-b302099a8057"
"""The project that the examples speak of."""

_SEARCH: Mapping[str, Any] = {"query": "which port does staging use", "project_ids": [PROJECT], "limit": 5}
_SAID = '[{"role": "user", "parts": [{"type": "text", "content": "Hi"}]}]'

BODIES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "sessions.create": {
            "project_id": PROJECT,
            "tool": "claude-code",
            "external_id": "7f1c2a7e",
            "git": {"remote": "git@example.test:acme/shop.git", "branch": "main", "commit": "3f2a9c1"},
            "tags": ["checkout"],
            "messages": [
                {"role": "user", "content": "Why does the checkout time out?", "external_id": "m1"},
                {"role": "assistant", "content": "The payment client waits for 30 seconds.", "external_id": "m2"},
            ],
        },
        "sessions.update": {"title": "Checkout times out", "tags": ["checkout", "payments"]},
        "sessions.append": {"messages": [{"role": "user", "content": "Make it 5 seconds.", "external_id": "m3"}]},
        "ingest.receive": {
            "conversation_id": "case-17",
            "title": "Refund takes too long",
            "messages": [
                {"id": "1", "role": "user", "content": "Where is my refund?", "created_at": "2026-01-31T08:00:00Z"},
                {"id": "2", "role": "assistant", "content": "It left us on Friday.", "name": "support bot"},
            ],
        },
        "ingest.traces": {
            "resourceSpans": [
                {
                    "scopeSpans": [
                        {
                            "spans": [
                                {
                                    "traceId": "5b8efff798038103d269b633813fc60c",
                                    "spanId": "eee19b7ec3c1b174",
                                    "name": "chat gpt-5",
                                    "startTimeUnixNano": "1769846400000000000",
                                    "endTimeUnixNano": "1769846402000000000",
                                    "attributes": [
                                        {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
                                        {"key": "gen_ai.conversation.id", "value": {"stringValue": "conv_17"}},
                                        {
                                            "key": "gen_ai.input.messages",
                                            "value": {"stringValue": _SAID},
                                        },
                                    ],
                                }
                            ]
                        }
                    ]
                }
            ]
        },
        "ingest.metrics": {
            "resourceMetrics": [
                {
                    "scopeMetrics": [
                        {
                            "metrics": [
                                {
                                    "name": "gen_ai.client.operation.duration",
                                    "unit": "s",
                                    "gauge": {"dataPoints": [{"timeUnixNano": "1767225600000000000", "asDouble": 1.5}]},
                                },
                            ],
                        },
                    ],
                },
            ],
        },
        "ingest.logs": {
            "resourceLogs": [
                {
                    "scopeLogs": [
                        {
                            "logRecords": [
                                {
                                    "timeUnixNano": "1769846400000000000",
                                    "eventName": "gen_ai.user.message",
                                    "traceId": "5b8efff798038103d269b633813fc60c",
                                    "body": {
                                        "kvlistValue": {"values": [{"key": "content", "value": {"stringValue": "Hi"}}]}
                                    },
                                }
                            ]
                        }
                    ]
                }
            ]
        },
        "exports.create": {"project_id": PROJECT},
        "sources.create": {"name": "support desk", "project_id": PROJECT, "preset": "json", "tags": ["support"]},
        "sources.rotate": {"grace_hours": 24},
        "memories.create": {
            "project_id": PROJECT,
            "type": "fact",
            "title": "Staging database",
            "content": "The staging database listens on port 5433.",
            "tags": ["staging", "database"],
            "metadata": {"key": "staging.port", "value": 5433},
            "anchors": [{"path": "deploy/staging.toml", "lines": [3, 9]}],
        },
        "memories.update": {"content": "The staging database listens on port 5434.", "pinned": True},
        "reviews.decide": {"decision": "keep_both"},
        "search.semantic": _SEARCH,
        "search.hybrid": {**_SEARCH, "sources": ["memory"], "types": ["fact"], "explain": True},
        "search.graph": {**_SEARCH, "sources": ["memory"], "explain": True},
        "search.query": {"project_id": PROJECT, "type": "fact", "metadata": {"key": "staging.port"}},
        "context.pack": {"project_id": PROJECT, "task": "Connect to the staging database.", "budget": 1000},
        "sql.query": {"query": "select type, count(*) from memories group by type order by 2 desc", "max_rows": 100},
        "sync.push": {
            "project_id": PROJECT,
            "revisions": [
                {
                    "memory_id": "01890a5d-ac96-774b-bcce-b302099a8058",
                    "fields": {
                        "type": "fact",
                        "content": "The staging database listens on port 5433.",
                        "visibility": "project",
                    },
                    "author": "user:ann@example.test",
                    "clock": "2026-01-31T12:00:00.000Z-0000",
                }
            ],
        },
        "sync.pull": {"project_id": PROJECT, "cursor": 0, "limit": 1000},
        "projects.create": {"name": "shop", "description": "The web shop.", "metadata": {"team": "checkout"}},
        "projects.update": {"description": "The web shop and its payments."},
        "saml.acs": {"SAMLResponse": "PHNhbWxwOlJlc3BvbnNlLz4="},
        "saml.logout_form": {"SAMLRequest": "PHNhbWxwOkxvZ291dFJlcXVlc3QvPg=="},
        "admin.retain": {"keep_days": 365},
        "audit_stream.put": {"url": "https://siem.example/contextfs", "format": "cloudevents"},
        "audit_stream.rotate": {"grace_hours": 24},
        "residency.put": {"elsewhere": "forward"},
        "sessions.put_record": {"reader": "codex/1", "line": 0, "lines": ['{"type":"user"}']},
        "redaction.put": {"rules": [{"name": "customer-number", "pattern": "CUST-[0-9]{8}"}]},
        "networks.put": {"networks": [], "covers": ["keys", "logins"]},
        "auth.exchange": {"id_token": "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmVk"},
        "sso.put": {
            "enabled": False,
            "provider": "okta",
            "metadata_url": "https://acme.okta.example/.well-known/openid-configuration",
            "client_id": "0oa1b2c3",
            "attribute_mapping": {"email": "email", "name": "name", "groups": "groups"},
            "auto_provision": True,
            "default_role": "viewer",
            "group_roles": {"Engineering": "member"},
        },
        "auth.grant": {
            "client_id": "https://editor.example/oauth/client.json",
            "client_name": "Editor",
            "redirect_uri": "http://127.0.0.1:33418/callback",
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            "scope": ["memories:read", "projects:read"],
            "resource": "http://127.0.0.1:8420/mcp",
        },
        "auth.decide": {"user_code": "BCDF-GHJK", "allow": True},
        "scim.mint": {"name": "Okta"},
        "sso.claim": {"domain": "acme.example"},
        "users.create": {"email": "ben@example.test", "name": "Ben Lee", "role": "viewer", "projects": [PROJECT]},
        "users.update": {"name": "Ben Lee", "role": "member", "projects": None},
        "roles.create": {
            "name": "data_scientist",
            "description": "Reads conversations, and writes memories of one project.",
            "permissions": ["memories:*", "sessions:read", "projects:read"],
            "projects": [PROJECT],
        },
        "roles.update": {"permissions": ["memories:read", "projects:read"]},
        "invitations.create": {"email": "cleo@example.test", "role": "member", "days": 3},
        "invitations.accept": {"name": "Cleo Park"},
        "keys.create": {"name": "continuous integration", "role": "viewer", "project_id": PROJECT},
        "tokens.create": {"project_id": PROJECT, "permissions": ["memories:read", "sessions:write"], "minutes": 15},
        "keys.rotate": {"overlap_hours": 24},
    }
)
