"""Secrets as they stand in what people and tools paste: files, listings and calls; and what only looks like one."""

import base64
import re

import pytest

from contextfs.domain.redaction import redact

SECRET = "hR7v-G2h1L8nQk"
WORD = "correcthorse"
LONG = "pRf7vG2h1L8nQkW9x3Zt"
BASIC = base64.b64encode(b"ann:hR7vG2h1L8nQk").decode()
HEAD = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9"
BODY = "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ"
SIGNED = "POstGetfAytaZS82wHcjoTyoqhMyxXiWdR7Nn7A29DNSl0EiXLdwJ6xC6AfgZWF1bOsS"
LINES = [f"{HEAD}.{BODY}.{SIGNED}"[n : n + 64] for n in range(0, 180, 64)]
KEY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"

SHAPES = {
    "env dump": f"HOME=/home/ann\nPGPASSWORD={SECRET}\nPWD=/home/ann/app\nLANG=C",
    "docker compose": f"    environment:\n      - MYSQL_ROOT_PASSWORD={SECRET}\n",
    "kubernetes variable": f"        - name: DB_PASSWORD\n          value: {SECRET}\n",
    "task definition": f'"environment": [{{"name": "DB_PASSWORD", "value": "{SECRET}"}}]',
    "task definition, escaped": f'{{\\"name\\": \\"API_TOKEN\\", \\"value\\": \\"{LONG}\\"}}',
    "variables as members": f'See:\n```json\n{{\n  "PGPASSWORD": "{WORD}"\n}}\n```\n',
    "variables as members, escaped": f'{{\\"DB_PASSWORD\\": \\"{WORD}\\"}}',
    "task definition, a word": f'"environment": [{{"name": "DB_PASSWORD", "value": "{WORD}"}}]',
    "app settings": f'{{\n  "name": "API_KEY",\n  "slotSetting": false,\n  "value": "{LONG}"\n}}',
    "app.config": f'<add key="ServiceApiKey" value="{LONG}" />',
    "terraform state": f'"db_password": {{\n  "value": "{SECRET}",\n  "type": "string",\n  "sensitive": true\n}}',
    "terraform output": f'"db_password": {{\n  "sensitive": true,\n  "type": "string",\n  "value": "{SECRET}"\n}}',
    "PHP": f"define( 'DB_PASSWORD', '{SECRET}' );",
    "PHP array": f"'password' => '{SECRET}',",
    "Ruby": f"ENV['DB_PASSWORD'] = '{SECRET}'",
    "Go": f'os.Setenv("DB_PASSWORD", "{SECRET}")',
    "Java": f'props.setProperty("password", "{SECRET}");',
    "Python": f'os.environ.get("SECRET_KEY"), os.getenv("DB_PASSWORD", "{SECRET}")',
    "TOML": f'[database]\npassword = "{SECRET}"\n',
    "Maven": f"<server><id>x</id><username>ann</username><password>{SECRET}</password></server>",
    "AWS in XML": f"<SecretAccessKey>wJalrXUtnFEMIK7MDENG{LONG}</SecretAccessKey>",
    "npmrc, token": f"//npm.example.com/:_authToken={LONG}",
    "npmrc, auth": f"//npm.example.com/:_auth={BASIC}",
    "npmrc, password": f"//npm.example.com/:_password={base64.b64encode(SECRET.encode()).decode()}",
    "docker config": f'{{"auths": {{"https://index.docker.io/v1/": {{"auth": "{BASIC}"}}}}}}',
    "netrc": f"machine api.example.com login ann password {SECRET}",
    "netrc, by lines": f"machine api.example.com\n  login ann\n  password {SECRET}\n",
    "git-credentials": f"https://ann:{SECRET}@git.example.com",
    "pgpass": f"db.example.com:5432:shop:app:{SECRET}",
    "pgpass, any": f"# mine\n*:5432:*:app:{SECRET}\n",
    "ADO": f"Server=tcp:db.example.com,1433;User ID=app;Password={SECRET};Encrypt=True",
    "JDBC": f"jdbc:postgresql://db.example.com/shop?user=app&password={SECRET}&ssl=true",
    "JDBC, SQL Server": f"jdbc:sqlserver://db.example.com:1433;user=app;password={SECRET};",
    "ODBC": f"DRIVER={{ODBC Driver 18}};SERVER=db;UID=app;PWD={SECRET};",
    "ODBC, in braces": f"DRIVER={{ODBC Driver 18}};SERVER=db;UID=app;PWD={{{SECRET}!}};",
    "curl, together": f"curl -uann:{SECRET} https://api.example.com",
    "curl, among options": f"curl -sSu ann:{SECRET} https://api.example.com",
    "curl, proxy": f"curl --proxy-user ann:{SECRET} https://api.example.com",
    "curl, over lines": f"curl -s \\\n  -H 'accept: a; b | c && d' \\\n  -u ann:{SECRET} \\\n  https://example.com",
    "curl, behind a body": f"curl -d '{{\n \"a\": 1;\n}}' -H \"a: \\\";b\" -su 'ann:{SECRET}' 'https://example.com/?a=1;b'",
    "curl, escaped": f'{{"c": "curl -H \\"a: b; c\\" \\\\\\n -u ann:{SECRET} https://example.com/?a=1&b=2"}}',
    "curl, in prose": f"don't curl it; I'd say curl https://example.com -u ann:{SECRET}",
    "OAuth as the user": f"git clone https://{LONG}:x-oauth-basic@github.com/team/app.git",
    "Redis": f"requirepass {SECRET}",
    "sshpass": f"sshpass -p '{SECRET}' ssh ann@example.com",
    "vault": f"Key         Value\n---         -----\npassword    {SECRET}\n",
    "cookie": f"curl 'https://example.com' -H 'cookie: theme=dark; sessionid={LONG}; lang=en'",
    "AWS session": f"export AWS_SESSION_TOKEN=IQoJb3JpZ2luX2VjEJr//////////wEaCXVz{LONG}==",
    "GitHub Actions": f"2026-11-02T10:00:00.1Z env:\n2026-11-02T10:00:00.1Z   NPM_TOKEN: ***\n  DB_PASSWORD: {SECRET}",
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_secret_goes_where_it_stands(name: str) -> None:
    text = SHAPES[name]
    cleaned = redact(text, key=b"k").text

    assert cleaned != text
    assert [] == [one for one in (SECRET, WORD, LONG, BASIC) if one in cleaned]


@pytest.mark.parametrize("name", SHAPES)
def test_done_twice_it_is_done_once(name: str) -> None:
    once = redact(SHAPES[name], key=b"k").text

    assert once == redact(once, key=b"k").text


@pytest.mark.parametrize(
    "around",
    [
        "define('SECURE_AUTH_KEY','{}');",
        'os.Setenv("DB_PASSWORD", "{}")',
        '{{\\"name\\": \\"DB_PASSWORD\\", \\"value\\": \\"{}\\"}}',
        'name: DB_PASSWORD\nvalue: "{}"\n',
        '"db_password": {{"value": "{}", "type": "string"}}',
        "sshpass -p '{}' ssh ann@example.com",
        'requirepass "{}"',
    ],
)
@pytest.mark.parametrize(
    "secret", ["aB3dE5fG7hJ9kL2m>Np4Qr6St8Uv0Wx", "hunter2x<Rest3cret", "hunter2x)}]", "hunter2x,y`Z;"]
)
def test_between_quotes_a_secret_goes_to_its_end(around: str, secret: str) -> None:
    cleaned = redact(around.format(secret), key=b"k").text
    before, _, after = around.format("|").partition("|")

    assert re.fullmatch(re.escape(before) + r"\[redacted:[a-z-]+:\w{8}\]" + re.escape(after), cleaned)


@pytest.mark.parametrize("secret", ["hunter2x)}]", 'ab"cd>1234', "a&lt;b1'c`d"])
def test_an_element_of_xml_goes_to_its_end(secret: str) -> None:
    cleaned = redact(f"<password>{secret}</password>", key=b"k").text

    assert re.fullmatch(r"<password>\[redacted:password:\w{8}\]</password>", cleaned)


def test_a_key_of_wordpress_goes_with_its_spaces() -> None:
    secret = "7~nV+&q]X Ew{8rL$k0pZ;B!3yG|tH<m Wc/oS4)Du@J9^f:aR#x2K-vQ}T.5_iM"

    assert secret[-20:] not in redact(f"define('AUTH_KEY',         '{secret}');", key=b"k").text


@pytest.mark.parametrize("end", ["\n", "\r\n", "\\n", "\\\n", "\n    "])
def test_a_token_that_was_broken_into_lines_goes_whole(end: str) -> None:
    cleaned = redact(f"it said:{end}{end.join(LINES)}{end}and then it ended", key=b"k").text

    assert [] == [one for one in LINES if one in cleaned]
    assert cleaned.endswith("and then it ended")


@pytest.mark.parametrize("mark", ["{n:>6}\u2192", "{n}\t", "{n:>4} | ", "+", "> ", "    "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_key_goes_also_where_a_tool_shows_a_part_of_it(mark: str, end: str) -> None:
    lines = ["-----BEGIN PRIVATE KEY-----", KEY, KEY, "-----END PRIVATE KEY-----"]
    shown = [mark.format(n=n) + line for n, line in enumerate(lines, start=1)]

    for part in (shown, shown[:3], shown[1:]):
        assert KEY not in redact(end.join(["Read key.pem", *part, ""]), key=b"k").text


def test_a_key_of_putty_goes_and_its_public_part_stays() -> None:
    public, private = "AAAAC3NzaC1lZDI1NTE5AAAAIJm7fmHk0vXQw9s7Qp2r", "AAAAIFx9dkX1HtA0Zc9mLq2r5Zf8r9H3wT6yU1aB"
    text = f"Public-Lines: 1\n{public}\nPrivate-Lines: 1\n{private}\nPrivate-MAC: 00ff12\n"
    cleaned = redact(text, key=b"k").text

    assert (True, False, True) == (public in cleaned, private in cleaned, "Private-MAC: 00ff12" in cleaned)


def test_the_credentials_of_registries_in_base64_go() -> None:
    packed = base64.b64encode(b'{"auths":{"https://index.docker.io/v1/":{"auth":"YW5uOmhSN3ZHMg=="}}}').decode()

    assert packed[:40] not in redact(f".dockerconfigjson: {packed}", key=b"k").text


@pytest.mark.parametrize(
    "text",
    [
        "name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db-secret-2024\n",
        '{"name": "DB_PASSWORD", "value": "${DB_PASSWORD}"}',
        '<input type="password" name="password" value="Enter-it-1" />',
        '{"PASSWORD": "Wachtwoord", "LOGIN.PASSWORD": "Wachtwoord", "LOGIN_PASSWORD": "Passwort"}',
        '{"RESET_PASSWORD": "resetPassword"}',
        '{"name": "RESET_PASSWORD", "value": "resetPassword"}, {"password": "correcthorse"}',
        '"password": {"type": "string", "minLength": 8}',
        '"password": {"value": "Your password here", "sensitive": true}',
        "define('PASSWORD_HASH', 'bcrypt-with-12');",
        'fields = ["password", "address1", "token", "line2024abcdef"]',
        'localStorage.getItem("token", "v2")',
        "<password>changeme</password> <password>${env.PASSWORD}</password>",
        "Please log in: enter login ann password reset2 and go on.",
        "src/app.py:5432:first:second:third",
        "app.ts:12:5:error:no-unused-vars",
        "16:*:*:*:*",
        "Set-Cookie: theme=dark; Path=/; Max-Age=31536000; SameSite=Lax",
        "The cookie: a small text that a browser keeps for a while.",
        '"auth": "required", "auth_type": "basic"',
        "_auth=$" + "{NPM_AUTH}",
        "curl -su https://example.com/path -o out",
        "curl --user $USER:$PASS https://example.com",
        "git clone https://token:x-oauth-basic@github.com/team/app.git",
        "requirepass must be set; requirepass <password>",
        "    Password    string\n    PasswordHash    [32]byte\n    password    varchar(255)\n",
        "password        required\ntoken           optional\n",
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9 is the head of a token\nand so on",
        "uses: actions/checkout@b4ffde65f46336ab88eb53be808477a3936bae11  # v4.1.1",
        "sshpass -p $SSH_PASSWORD ssh ann@example.com",
        "Private-Lines: how many lines the private part has",
        "addColumn('password', 'varchar(255)'); add_column(\"password\", \"decimal(10, 2)\");",
        "table.addColumn('token', 'nvarchar(128)'); put(\"api_token\", \"string:255\"); set('password', 'bytes32');",
        "<password>@db.password1@</password> <password>%DB_PASSWORD1%</password> <password>#{db.pass1}</password>",
        "<resetPassword>Forgot?</resetPassword> <password>Contraseña</password> <password>Passwort:</password>",
        "localhost:5432:postgres:postgres:postgres\ndb:5432:*:app:app\n127.0.0.1:5432:shop:ann:secret\n",
        "kpasswd\t\t464/tcp\nkpasswd\t\t464/udp\n",
        "curl -s https://example.com\ngrep -nu foo:bar123 notes",
        "curl -s https://example.com | grep -nu foo:bar123",
        "curl -sf https://example.com && psql -U ann:dbname1",
        "curl -sf https://example.com; docker run -u app:group1 image",
        '{"command": "curl -s https://example.com\\npsql -U ann:dbname1"}',
        '{"command": "curl -s https://example.com", "next": "docker run -u app:group1 image"}',
        "curl -s -sublime:text1 https://example.com",
    ],
)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert text == redact(text, key=b"k").text
