"""Passwords in files that are known by the form of their lines go, whatever word they are; other lines stay."""

import re

import pytest

from contextfs.domain.redaction import redact
from tests.growth import is_linear

WORD, MIXED = "correcthorse", "hR7v-G2h1L8nQk"
BCRYPT = "$2y$05$" + "c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC"
SHA512 = "D4IrlXatmP7rx3P3InaxBeoomnAihCKREY4B6mVoMeRiM97RrlR2S4d5m3Zs/9nYzQe8p0xW1vUaKcTbEfGh0"
FILES = {
    "pgpass, another port": f"db.example.com:5433:shop:app:{MIXED}\n",
    "pgpass, a pooler": f"# ours\naws-0-eu.pooler.example.com:6543:postgres:postgres.abcdef:{MIXED}",
    "pgpass, any": f"*:*:*:app:{MIXED}\n",
    "pgpass, any database": f"10.0.0.7:5432:*:*:{MIXED}\r\n",
    "pgpass, escaped": "db:5433:shop:app:hR7v\\:G2h1L8nQk",
    "netrc": f"machine api.example.com login ann password {WORD}",
    "netrc, by lines": f"machine api.example.com\n  login ann\n  password {WORD}\n",
    "netrc, the other way": f"machine api.example.com\n\tpassword {MIXED}\n\tlogin ann\n",
    "my.cnf": f"[client]\nuser=root\npassword={WORD}\nhost=db\n",
    "my.cnf, spaced": f"# mine\n[mysqldump]\nuser = root\npassword = '{WORD}'\n",
    "my.cnf, with a comment": f"[client]\npassword={WORD} # mine\n",
    "my.cnf, another": f"[client-shop]\r\npassword={WORD}\r\n",
    "pypirc": f"[pypi]\nusername = ann\npassword = {WORD}\n",
    "npmrc": "//npm.example.com/:_authToken=7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "pip.conf": f"[global]\nindex-url = https://ann:{WORD}@pypi.example.com/simple\n",
    "aws": "[default]\naws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCYzQ8w2Lm4Nv6P\n",
    "aws, session": f"[dev]\naws_session_token = IQoJb3JpZ2luX2VjEJr//////////wEaCXVz{MIXED}Q2x9==\n",
    "htpasswd, MD5": "ann:$apr1$r31kx0Ab$HqJZimcKQFAMYayBlzkXn1\nbob:$apr1$r31kx0Ab$HqJZimcKQFAMYayBlzkXn1",
    "htpasswd, bcrypt": f"ann:{BCRYPT}\n",
    "htpasswd, SHA": "ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n",
    "shadow": f"root:$6$rounds=5000$usesomesalt${SHA512}:19000:0:99999:7:::",
}  # fmt: skip
KEPT = (WORD, MIXED, "hR7v", "G2h1L8nQk", "7c9e6679", "wJalrXUtn", "IQoJb3", "HqJZ", "c4WoMP", "5en6G6", "D4IrlX")
OTHERS = (
    "src/app.py:5433:first:second:third3",
    "app.py:1234:def:main:line12",
    "values.yml:1205:image:tag:v1.2.3-alpine",
    "main:8080:INFO:root:started",
    "16:*:*:*:* *:*:*:*:*",
    "app.log:1042:ERROR:root:E1234X",
    "web-1:1042:warning:root:E1234X",
    "conf.xml:1205:a:b:c1d2e3",
    "Makefile:1205:all:build:step-2a",
    "chr1:12345:A:T:rs123456",
    "machine vision\npassword policy1",
    "2001:4860:abcd:ef01:a1b2",
    "2026:1129:hour:minute:second",
    "arn:aws:s3:*:*:bucket1/key2",
    "localhost:5433:app:app:app",
    "db:5433:shop:app:${PGPASSWORD}",
    "The machine learning team's login page asks for a password reset1.",
    "Any machine with a login: choose a password quickly1",
    "[client]\nuser=root\npassword=\nhost=db\n",
    "[client]\nuser=root\npassword=${MYSQL_PASSWORD}\n",
    "[client]\npassword=password\n",
    "[labels]\npassword=Kennwort\nlogin=Anmelden\n",
    "[client]\nuser=root\n[labels]\npassword=Kennwort\n",
    "//npm.example.com/:_authToken=${NPM_TOKEN}",
    "passwordHash: $2b$12$<hash>",
    "cost:$100 and tax:$20; path:$HOME/bin:$PATH",
    "ann:{SHA}",
)


@pytest.mark.parametrize("name", FILES)
def test_a_password_goes_where_it_stands(name: str) -> None:
    cleaned = redact(FILES[name], key=b"k").text

    assert "[redacted:" in cleaned
    assert [] == [one for one in KEPT if one in cleaned]
    assert cleaned == redact(cleaned, key=b"k").text


def test_the_rest_of_the_line_stays() -> None:
    text = (
        "db.example.com:5433:shop:app:{}\nmachine a.example.com login ann password {}\n[mysql]\npassword={}\nhost=db\n"
    )
    before = [re.escape(one) for one in text.split("{}")]

    assert re.fullmatch(r"\[redacted:password:\w{8}\]".join(before), redact(text.replace("{}", MIXED), key=b"k").text)


@pytest.mark.parametrize("text", OTHERS)
def test_lines_of_other_things_stay(text: str) -> None:
    assert redact(text, key=b"k").text == text


@pytest.mark.parametrize(
    "unit",
    [
        *("a:5433:", "*:", ":1234:", "machine a login ", "machine a\n", "password [client\n", "[mysql]\na=b\n"),
        *("a:$2y$05$", ":$", ":{SHA}"),
    ],
)
def test_time_grows_with_length_and_no_faster(unit: str) -> None:
    assert is_linear(lambda text: redact(text, key=b"k"), unit, 80_000)
