"""Passwords that programs are given among their own words go, whatever they look like; other programs' words stay."""

import json
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contextfs.domain.redaction import redact
from tests.growth import is_linear

COMMANDS = (
    "mysql -p{}",
    "mysql -u root -p{} shop",
    "mysql -Nsp{} shop",
    "./mysql -u root -p{}",
    "cd mysql; ./mysqldump -p{} shop",
    "mysql_upgrade -u root -p{}",
    "/usr/bin/mysqldump -h db.example.com -uapp -p'{}' shop > shop.sql",
    'mysqladmin -u root -p"{}" status',
    "mysqldump --password={} shop",
    "docker exec -i db mysql -uroot -p{} shop < dump.sql",
    "kubectl exec mysql-0 -- mysql -uroot -p{}",
    "mysql -u root -p{} mysql",
    "mariadb -u app -p{} shop",
    "mariadb-dump -u app -p{} shop",
    "cd /srv && mysql \\\n  -h db \\\n  -p{}",
    "mongo -p {} -u ann",
    "mongo -u ann -p {} db.example.com/shop",
    "mongosh --username ann --password {} --host db",
    "mongodump -u ann -p={} -d shop",
    "sshpass -p{} ssh ann@example.com",
    "sshpass -p {} scp a ann@example.com:",
    "sshpass -v -P Kennwort -p {} ssh ann@example.com",
    "redis-cli -h cache -a {} ping",
    "redis-cli --pass {} ping",
    "valkey-cli -a '{}' info",
    "docker login -u ann -p {} registry.example.com",
    "docker.exe login -u ann -p {}",
    "docker login registry.example.com --username ann --password {}",
    "sudo podman login -u ann -p{} quay.io",
    "helm registry login -u ann --password {} example.com",
    "az login --service-principal -u 7c9e6679 -p {} --tenant example",
    "az acr login -n shop -u ann -p '{}'",
    "oc login -u ann -p {} https://api.example.com",
    "htpasswd -b .htpasswd ann {}",
    "htpasswd -cbB -C 10 .htpasswd ann {}",
    "htpasswd -nbB ann {}",
    "docker run --rm --entrypoint htpasswd httpd:2 -Bbn ann {}",
    "curl -u ann:{} https://example.com",
    'subprocess.run(["mysqldump", "-uroot", "-p{}", "shop"])',
    'test: ["CMD", "/usr/bin/mysqladmin", "ping", "-h", "localhost", "-p{}"]',
    "run(['docker', 'login', '-u', 'ann', '-p', '{}'])",
    "psql postgresql://ann:{}@db.example.com/shop",
)
SECRETS = ("correcthorse", "hR7v-G2h1L8nQk", "tr0ub4dor")
OTHERS = (
    "mkdir -p path/to/mysql",
    "mkdir -p mongo redis-cli curl",
    "cp -p mysql.cnf backup",
    "ls -p src",
    "python -p",
    "mysql -u root -p shop",
    "mysql -u root -p",
    "mysql -P 3306 --port=3306 --protocol=tcp",
    "mysql -p$MYSQL_ROOT_PASSWORD shop",
    'mysql -p"$MYSQL_PASSWORD" shop && mysql -p${PASSWORD} shop',
    'mysql -p"$(cat /run/secrets/db)" shop; mysql -p$(pass db) shop',
    "mysql -ppassword shop",
    "mysql -p<password> shop",
    "find /var/lib/mysql -print; find . -name mysql -print0 -prune",
    "find . -name mysql -prune -o -print",
    "docker run --name mysql -p3306:3306 -e MYSQL_DATABASE=shop mysql:8",
    "docker run -d --name mongo -p 27017:27017 -u 1000:1000 mongo:7",
    "docker run --name mongo -p 127.0.0.1:27017:27017/tcp mongo -u ann",
    "docker login -u ann --password-stdin registry.example.com",
    "docker login -u ann -p $TOKEN registry.example.com",
    "docker login && docker run -p 8080:80 nginx",
    "docker login\ndocker run --publish 8080:80 -p nginx-data",
    "az login --service-principal -u app -p ~/certificates/app.pem --tenant example",
    "az login --service-principal -u <app> -p <password> --tenant <tenant>",
    "login -pnothing; heroku login -pnothing; the login -pattern",
    "pytest tests/mysql -pno:cacheprovider",
    "grep -rn mysql src | less -pattern",
    "redis-cli -a option: it warns. Use redis-cli -a with care, and redis-cli --pass instead.",
    "redis-cli -p 6379 -a $REDIS_PASSWORD ping",
    "sshpass -e ssh ann@example.com; sshpass -f file.txt ssh ann@example.com",
    "The option sshpass -p takes a password; mongo -p does, too.",
    "htpasswd -c .htpasswd anneliese",
    "htpasswd -n anneliese other",
    "my-mysql -pnothing; mysql.cnf -pnothing; mysql: -pnothing",
    "git log -p mysql",
    "src/./mysql -pnothing; mysql -input -Extp; run ./mysql -p",
    '["pytest", "tests/mysql", "-pno:cacheprovider"]; ["find", "/", "-name", "mysql", "-print"]',
    '["docker", "run", "-p", "8080:80", "login"]; ["docker", "login", "-u", "ann", "--password-stdin"]',
    '["mysql", "-u", "root", "-p", "shop"]; ["login", "-p", "hR7v-G2h1L8nQk"]',
    "make htpasswd image:2 -j 4 -b",
    "rsync -a mysql mysql-copy",
    "sshpass -e ssh a@b mkdir -p releases",
    "sshpass -p $P ssh -p 2222 a@b 'mkdir -p releases'",
    "sshpass -f pw scp -p build.tgz a@b:",
    "mongosh --username ann --password --host mongodb0.example.com",
    "docker login -u ann --password --help",
    "gcc x.c -lmysql mysql -pthread -pedantic",
    "terraform apply mysql -parallelism=10; go test mysql -parallel=4",
    "nmap mysql -p22,80,443",
    "kubectl logs mysql -previous; rsync mysql host: -progress; cp -r mysql -preserve=all backup",
    "docker run --name mysql -pmysql-data:/x",
    "From mysql -postgres was faster- to another; mysql -pymysql",
)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("secret", SECRETS)
def test_what_a_program_is_given_as_a_password_goes(command: str, secret: str) -> None:
    before, _, after = command.format("|").partition("|")
    cleaned = redact(command.format(secret), key=b"k").text

    assert re.fullmatch(re.escape(before) + r"\[redacted:[a-z-]+:\w{8}\]" + re.escape(after), cleaned)
    assert cleaned == redact(cleaned, key=b"k").text


@pytest.mark.parametrize("command", OTHERS)
def test_what_other_words_say_stays(command: str) -> None:
    assert redact(command, key=b"k").text == command


@pytest.mark.parametrize("secret", ['pa"ss;word', "pass word|more", "a&b>c<d"])
@pytest.mark.parametrize("command", ["mysql -p'{}' shop", "docker login -u ann -p '{}' example.com"])
def test_between_quotes_it_goes_to_its_end(command: str, secret: str) -> None:
    before, _, after = command.format("|").partition("|")
    cleaned = redact(command.format(secret.replace('"', "")), key=b"k").text

    assert re.fullmatch(re.escape(before) + r"\[redacted:[a-z-]+:\w{8}\]" + re.escape(after), cleaned)


@given(st.sampled_from(COMMANDS), st.text(max_size=12), st.booleans())
@example("mysql -p{}", '"x": 1}, "', True)
@example('mysqladmin -u root -p"{}" status', "     ", False)
@example("htpasswd -nbB ann {}", "'b9", False)
@settings(max_examples=200, deadline=None)
def test_a_text_of_json_stays_one(command: str, secret: str, is_ascii: bool) -> None:  # noqa: FBT001 - drawn
    whole = json.dumps({"command": command.format(secret), "next": ["a", secret]}, ensure_ascii=is_ascii)

    assert list(json.loads(redact(whole, key=b"k").text)) == ["command", "next"]


def test_a_command_within_json_is_one() -> None:
    whole = json.dumps({"command": 'cd /srv\nmysql -u root -p"correcthorse" shop\necho done'})
    said = json.loads(redact(whole, key=b"k").text)["command"]

    assert re.fullmatch(r'cd /srv\nmysql -u root -p"\[redacted:password:\w{8}\]" shop\necho done', said)


@pytest.mark.parametrize(
    "unit",
    [
        "mysql ",
        "mysql -p",
        "mongo -u -p",
        "mongo -u ",
        "docker login ",
        "login -p ",
        "htpasswd -b ",
        "redis-cli -a '",
        '"mysql","-p"',
        '"login",',
    ],
)
def test_time_grows_with_length_and_no_faster(unit: str) -> None:
    assert is_linear(lambda text: redact(text, key=b"k"), unit, 80_000)
