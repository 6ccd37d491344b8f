"""A labelled corpus made on the spot: invented secrets in the places where people leave them, and their look-alikes."""

import base64
import json
import string
import uuid
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

SEED = 20_260_101
PER_KIND = 20

_ALNUM = string.ascii_letters + string.digits
_URLSAFE = _ALNUM + "_-"
_B64 = _ALNUM + "+/"
_HEX = "0123456789abcdef"
_UPPER = string.ascii_uppercase + "234567"


class Positive(NamedTuple):
    """A text, and the secret in it that must not survive."""

    kind: str
    secret: str
    text: str


class Negative(NamedTuple):
    """A text that must stay as it is."""

    kind: str
    text: str


def _run(random: Random, alphabet: str, length: int) -> str:
    return "".join(random.choices(alphabet, k=length))


def _mixed(random: Random, alphabet: str, length: int) -> str:
    """Draw until there is a capital, a small letter and a digit, as every real generator practically does."""
    while True:
        drawn = _run(random, alphabet, length)
        if any(c.isdigit() for c in drawn) and any(c.islower() for c in drawn) and any(c.isupper() for c in drawn):
            return drawn


def _password(random: Random) -> str:
    words = ["Winter", "dragon", "Tr0ub4dor", "sunset", "Kestrel", "m0nkey", "purple", "Zephyr"]
    return random.choice(words) + random.choice("!@$%^*?") + str(random.randint(10, 9999)) + _run(random, _ALNUM, 3)


def _jwt(random: Random) -> str:
    def part(value: dict[str, str]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    head = part({"alg": random.choice(["HS256", "RS256", "ES256"]), "typ": "JWT"})
    return ".".join((head, part({"sub": _run(random, _HEX, 12)}), _run(random, _URLSAFE, random.randint(32, 90))))


def _pem(random: Random, label: str) -> str:
    lines = "\n".join(_run(random, _B64, 64) for _ in range(random.randint(6, 25)))
    return f"-----BEGIN {label}PRIVATE KEY-----\n{lines}\n-----END {label}PRIVATE KEY-----"


_TOKENS: dict[str, Callable[[Random], str]] = {
    "aws-access-key-id": lambda r: r.choice(["AKIA", "ASIA"]) + _run(r, _UPPER, 16),
    "google-api-key": lambda r: "AIza" + _mixed(r, _URLSAFE, 35),
    "github-token": lambda r: r.choice(["ghp_", "gho_", "ghs_", "ghu_"]) + _mixed(r, _ALNUM, 36),
    "github-fine-grained": lambda r: f"github_pat_{_mixed(r, _ALNUM, 22)}_{_mixed(r, _ALNUM, 59)}",
    "gitlab-token": lambda r: "glpat-" + _mixed(r, _URLSAFE, 20),
    "slack-token": lambda r: f"xox{r.choice('bp')}-{_run(r, string.digits, 12)}-{_mixed(r, _ALNUM, 24)}",
    "stripe-key": lambda r: r.choice(["sk_live_", "rk_live_", "sk_test_"]) + _mixed(r, _ALNUM, 24),
    "openai-key": lambda r: r.choice(["sk-", "sk-proj-", "sk-svcacct-"]) + _mixed(r, _ALNUM, 48),
    "anthropic-key": lambda r: f"sk-ant-api03-{_mixed(r, _URLSAFE, 93)}AA",
    "npm-token": lambda r: "npm_" + _mixed(r, _ALNUM, 36),
    "pypi-token": lambda r: "pypi-AgEIcHlwaS5vcmc" + _mixed(r, _URLSAFE, 120),
    "huggingface-token": lambda r: "hf_" + _run(r, string.ascii_letters, 34),
    "sendgrid-key": lambda r: f"SG.{_mixed(r, _URLSAFE, 22)}.{_mixed(r, _URLSAFE, 43)}",
    "twilio-key": lambda r: "SK" + _run(r, _HEX, 32),
    "jwt": _jwt,
    "contextfs-key": lambda r: "ctxk_" + _mixed(r, _ALNUM, 40),
    "sourcegraph-token": lambda r: f"sgp_{r.choice(['', 'local_', _run(r, _ALNUM, 16) + '_'])}{_run(r, _HEX, 40)}",
    "notion-token": lambda r: f"ntn_{_run(r, string.digits, 11)}{_mixed(r, _ALNUM, 35)}",
    "1password-token": lambda r: "ops_eyJ" + _mixed(r, _B64, 300),
    "facebook-token": lambda r: r.choice(["EAAC", "EAAM"]) + _mixed(r, _ALNUM, 180),
    "azure-client-secret": lambda r: _mixed(r, _ALNUM, 3) + "8Q~" + _mixed(r, _ALNUM + "._-", 33) + "a",
}

_CARRIERS = (
    "{s}",
    "here is the key: {s}",
    "export SERVICE_TOKEN={s}",
    "SERVICE_TOKEN='{s}'",
    'const client = new Client("{s}");',
    '{{"apiKey": "{s}", "region": "eu-west-1"}}',
    '{{\\"auth\\": \\"{s}\\"}}',
    "curl -H 'Authorization: Bearer {s}' https://api.example.com/v1/me",
    "Error: request with {s} was rejected (401)\nretrying…",
    "| production | `{s}` | Größe ändern |",
    "https://api.example.com/v1/items?access_token={s}&page=2",
    "- run: deploy --token {s} --yes",
)


def _in_context(random: Random, kind: str) -> Positive:
    """Draw a secret that only its surroundings betray."""
    secret, template = {
        "aws-secret-access-key": lambda: (
            _mixed(random, _B64, 40),
            random.choice(
                (
                    "aws_secret_access_key = {s}",
                    'AWS_SECRET_ACCESS_KEY="{s}"',
                    '{{"SecretAccessKey": "{s}"}}',
                    "AWS Secret Access Key: {s}",
                    "AKIAQ7EXAMPLEKEY23ZT,{s}",
                ),
            ),
        ),
        "azure-storage-key": lambda: (
            _mixed(random, _B64, 86) + "==",
            "DefaultEndpointsProtocol=https;AccountName=store;AccountKey={s};EndpointSuffix=core.windows.net",
        ),
        "password": lambda: (
            _password(random),
            random.choice(
                (
                    "DB_PASSWORD={s}",
                    "password: {s}",
                    'password = "{s}"',
                    "the admin password is {s}",
                    '{{"user": "app", "password": "{s}"}}',
                    "mysqldump --password={s} shop",
                    "Server=db;User Id=app;Password={s};Encrypt=true",
                    "- **Password:** {s}",
                ),
            ),
        ),
        "url-password": lambda: (
            _mixed(random, _ALNUM, random.randint(8, 24)),
            random.choice(
                (
                    "postgresql://app:{s}@db.internal:5432/shop",
                    "redis://:{s}@cache.internal:6379/0",
                    "git clone https://deploy:{s}@git.example.com/team/app.git",
                    "mongodb+srv://app:{s}@cluster0.ab1cd.mongodb.net/?retryWrites=true",
                    "AMQP_URL='amqp://worker:{s}@rabbit.prod:5672/%2F'",
                ),
            ),
        ),
        "generic-token": lambda: (
            _mixed(random, _ALNUM, random.randint(24, 48)),
            random.choice(
                (
                    "token: {s}",
                    "API_KEY={s}",
                    '"client_secret": "{s}"',
                    "//registry.example.com/:_authToken={s}",
                    "x-api-key: {s}",
                    "secretKey := `{s}`",
                    "JWT_SECRET='{s}'",
                ),
            ),
        ),
        "basic-auth": lambda: (
            base64.b64encode(f"app:{_password(random)}".encode()).decode(),
            "Authorization: Basic {s}",
        ),
        "private-key": lambda: (
            _pem(random, random.choice(["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "])),
            random.choice(("{s}", "cat id_rsa\n{s}\n$ exit")),
        ),
        "gcp-service-account": lambda: (
            json.dumps(_pem(random, ""))[1:-1],
            '{{"type": "service_account", "private_key": "{s}\\n", "client_email": "a@b.iam.gserviceaccount.com"}}',
        ),
        "private-block": lambda: (
            " ".join(_run(random, string.ascii_lowercase, 6) for _ in range(6)),
            "Before <private>{s}</private> after",
        ),
    }[kind]()
    return Positive(kind, secret, template.format(s=secret))


_CONTEXT_KINDS = (
    "aws-secret-access-key",
    "azure-storage-key",
    "password",
    "url-password",
    "generic-token",
    "basic-auth",
    "private-key",
    "gcp-service-account",
    "private-block",
)


def positives(seed: int = SEED) -> Iterator[Positive]:
    """Yield `PER_KIND` texts with a secret for each kind."""
    random = Random(seed)  # noqa: S311 - invented secrets
    for kind, draw in _TOKENS.items():
        for i in range(PER_KIND):
            secret = draw(random)
            yield Positive(kind, secret, _CARRIERS[i % len(_CARRIERS)].format(s=secret))
    for kind in _CONTEXT_KINDS:
        for _ in range(PER_KIND):
            yield _in_context(random, kind)


_SPARED = (
    "password=${DB_PASSWORD}",
    "password: <your-password>",
    "API_KEY=your-api-key-here",
    "api_key = 'xxxxxxxxxxxxxxxxxxxxxxxx'",
    "TOKEN=********",
    "token: {{ secrets.GITHUB_TOKEN }}",
    "token = os.environ['API_TOKEN']",
    "const token = await getToken(user.id);",
    "password: str | None = None",
    "self.password = password",
    "secret: process.env.CLIENT_SECRET,",
    '"password": "Password is required"',
    '"password": "required"',
    "max_tokens: 4096, temperature: 0.2",
    '{"input_tokens": 18234, "output_tokens": 512, "cache_read_input_tokens": 90123}',
    '"tokenizer": "bert-base-uncased"',
    "secretName: my-app-tls-2024",
    'secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/db-Ab12Cd"',
    "password_file: /run/secrets/db_password",
    "public_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJm7fmHk0vXQw9s7Qp2r5Zf8r9H3wT6yU1aB2cD3eF4g me@host",
    "primary_key=True, foreign_key='users.id'",
    "cacheKey: 'node-modules-v2-linux'",
    "keyboard: qwerty, keyword: search",
    "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "sk-ant-your-key-goes-here-please",
    "sk-fading-circle sk-circle12 task-runner-configuration-loader",
    "postgres://postgres:postgres@localhost:5432/app_test",
    "https://user:${TOKEN}@github.com/org/repo.git",
    "https://user:<token>@github.com/org/repo.git",
    "git@github.com:org/repo.git and ssh://git@host:22/repo",
    "http://localhost:3000/@fs/src/main.ts",
    "Basic authentication is fine, Bearer tokens are better",
    "Authorization: Bearer $TOKEN",
    "Authorization: Bearer <token>",
    "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYD\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHC\n-----END PUBLIC KEY-----",
    "the header `-----BEGIN RSA PRIVATE KEY-----` marks a key file",
    "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    "wrap it in <private> and it is never stored",
    "npm_config_registry=https://registry.example.test/ npm_lifecycle_event=test",
    "token := strings.TrimSpace(parts[1])",
    "if (token.type === 'identifier') return token.value;",
    "CSRF token missing or incorrect.",
    "--- PASS: TestRedactTokens (0.02s)",
    "pass=12 fail=0 skipped=3",
    "func NewToken(secret string, key []byte) *Token",
    "passwordHash: $2b$12$<hash>",
    "result.CacheTokens = a.CacheTokens",
    "next page token is empty",
    "forgot your password: click here",
    "TOKEN_URL=https://login.example.com/oauth2/token",
    "monkey: banana, turkey=dinner42x",
)


def _look_alike(random: Random, i: int) -> Negative:
    sha = _run(random, _HEX, 40)
    b64 = base64.b64encode(random.randbytes(64)).decode()
    digest = _run(random, _HEX, 64)
    image = base64.b64encode(b"\x89PNG\r\n\x1a\n" + random.randbytes(600)).decode()
    ident = str(uuid.UUID(int=random.getrandbits(128), version=4))
    rows = (
        ("git-sha", f"commit {sha}\nAuthor: A Person"),
        ("git-sha", f"reverted in {sha[:7]}, fixed by {_run(random, _HEX, 40)}."),
        ("uuid", f'{{"sessionId": "{ident}", "parentUuid": null}}'),
        ("uuid", f"request {ident} took 12 ms"),
        ("lockfile", f'"integrity": "sha512-{b64}",'),
        ("lockfile", f'    "sha256:{digest}",  # hash'),
        ("lockfile", f"github.com/pkg/errors v0.9.1 h1:{base64.b64encode(random.randbytes(32)).decode()}"),
        ("lockfile", f'checksum = "{digest}"'),
        ("image", f"![logo](data:image/png;base64,{image})"),
        ("image", f'"data": "{image}"'),
        ("digest", f"image: registry.example.com/app@sha256:{digest}"),
        ("etag", f'ETag: W/"{_run(random, _HEX, 32)}"'),
        ("css", f"color: #{_run(random, _HEX, 6)}; background: #{_run(random, _HEX, 8)};"),
        ("url", f"https://cdn.example.com/assets/app.{_run(random, _HEX, 20)}.js"),
        ("tool-id", f'"tool_use_id": "toolu_{_mixed(random, _ALNUM, 24)}"'),
        ("placeholder", f"API_TOKEN={random.choice('xX*.')}" + "x" * random.randint(8, 40)),
        ("number", f"total_tokens: {random.randint(1, 10**9)}"),
        ("ulid", f"memory 01J{_run(random, '0123456789ABCDEFGHJKMNPQRSTVWXYZ', 23)} was pinned"),
    )
    return Negative(*rows[i % len(rows)])


def negatives(seed: int = SEED) -> Iterator[Negative]:
    """Yield texts that only look as if they held a secret."""
    random = Random(seed + 1)  # noqa: S311 - invented digests
    yield from (Negative("written", text) for text in _SPARED)
    yield from (_look_alike(random, i) for i in range(360))
