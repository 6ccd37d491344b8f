"""Words that rules know: tools by all their spellings, and capitalised words that name nothing."""

from collections.abc import Mapping
from types import MappingProxyType

_SPELLINGS = """
git docker podman kubectl helm terraform pulumi ansible make cmake bazel gradle maven npm pnpm yarn bun deno vite
webpack esbuild eslint prettier biome jest vitest playwright cypress pytest tox nox ruff black mypy pyright basedpyright
uv pip poetry conda hatch cargo rustc clippy go gofmt redis valkey mysql mariadb sqlite duckdb mongodb cassandra
elasticsearch opensearch kafka rabbitmq nats nginx caddy traefik envoy haproxy grafana prometheus sentry datadog jenkins
gunicorn uvicorn celery sqlalchemy alembic django flask fastapi starlette pydantic msgspec numpy pandas polars pytorch
tensorflow react vue svelte angular nextjs nuxt remix tailwind express nestjs rails laravel spring graphql grpc protobuf
ffmpeg curl wget tmux vim neovim emacs vscode xcode cursor aider codex ollama llama.cpp vllm
s3 ec2 rds lambda dynamodb sqs sns cloudfront bigquery pubsub firebase supabase vercel netlify heroku cloudflare fly.io
python typescript javascript rust java kotlin swift ruby php perl bash zsh powershell css html sql
kubernetes=k8s postgres=postgresql=psql=pg pgvector node=nodejs=node.js github gitlab bitbucket openai anthropic
azure aws gcp linux macos windows ubuntu debian alpine
"""
_WORDS_TOO = """
go make express spring rails remix black cursor flask celery react lambda node swift rust ruby perl helm caddy
windows alpine bun deno fly.io envoy hatch aider maven sentry
"""
_PROGRAMS = """
git docker podman kubectl helm terraform pulumi make cmake npm npx pnpm yarn bun deno pytest tox nox ruff mypy
pyright uv uvx pip poetry conda cargo go psql redis-cli curl python python3 node ctx alembic aws gcloud az gh
systemctl journalctl ssh rsync bash sh just task gradle mvn bundle rails rake composer php artisan vercel fly flyctl
"""
_SMALL_WORDS = """
a about above after again all also although always an and another any api apis are as at because been before being
both but by can cannot cli could csv did do does doing don done during each either else even ever every few first
for from get gets give given gives go goes good got great had has have having he hello help her here hers hey hi him
his how however http https i id ids if in instead into is it its json just keep know last later let lets like line
lines look looks made make makes many may maybe me memory might mine more most much must my need needs never new
next no none nor not note nothing now of off oh ok okay old on once one only or other our ours out over own please
pr prs put rather really remember right run runs same say says see seems set sets shall she should since so some
something sometimes sorry still such sure take than thank thanks that the their theirs them then there these they
thing this those though three through thus to today todo tomorrow too tried try two ui under until up url urls us
use used uses using very wait want wants was we well were what when where whether which while who whole whose why
will with within without work works would wow yeah yep yes yesterday yet you your yours yaml xml toml absolutely
actually agreed amazing awesome awww congrats cool definitely exactly fixed added removed updated changed created
deleted moved renamed failed passed decided decision decisions default error errors fact facts file files bug bugs
issue issues fix fixes test tests build builds code command commands config data database deploy release version
versions branch commit message messages session sessions user users assistant tool tools name type value avoid
prefer add remove update change create delete move rename check checks ensure start stop open close read write
monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays january
february march april june july august september october november december mr mrs ms dr haha hmm glad nice happy lol
omg bye welcome
"""
TOOLS: Mapping[str, str] = MappingProxyType(
    {spelling: spellings.split("=")[0] for spellings in _SPELLINGS.split() for spelling in spellings.split("=")}
)
"""Each spelling of a tool, service or language, in lower case, with the one that it is known by."""

AMBIGUOUS = frozenset(_WORDS_TOO.split())
"""Tools whose name is a word too: they count where they are written as a name, or between backticks."""

COMMANDS = frozenset(_PROGRAMS.split())
"""Programs: a stretch of code that begins with one of them is a command."""

PLAIN = frozenset(_SMALL_WORDS.split())
"""Words that begin a sentence, or are written in capitals, and name nothing."""
