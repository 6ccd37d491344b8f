"""Models of vendors, as settings name them: `openai:NAME`, `vertex:NAME`. An SDK is loaded where it is asked."""

from contextfs.adapters.embedders.remote import Endpoint, RemoteEmbedder
from contextfs.adapters.rerankers.remote import RemoteReranker
from contextfs.kit.errors import Invalid
from contextfs.kit.ports import Embedder, LanguageModel, Reranker
from contextfs.kit.settings import Settings

_EXTRAS = {"openai": "server", "cohere": "server", "vertex": "gcp", "bedrock": "aws"}


def embedder(named: str, settings: Settings) -> Embedder:
    """Choose a vendor's embedder (`openai:NAME`, `vertex:NAME@768`); Invalid where its SDK is not installed.

    The whole of it is the model's name, by which its vectors are known from then on.
    """
    vendor, _, model = named.partition(":")
    name, _, shortened = model.partition("@")
    dimensions = int(shortened) if shortened else None
    try:
        endpoint = _endpoint(vendor, name, dimensions, settings)
    except ModuleNotFoundError as error:
        raise _not_installed(vendor, error) from error
    return RemoteEmbedder(named, endpoint, dimensions=dimensions)


def reranker(named: str, settings: Settings) -> Reranker:
    """Choose a vendor's reranker (`cohere:NAME`); Invalid where its SDK is not installed."""
    vendor, _, name = named.partition(":")
    url = settings.reranker_url
    try:
        if vendor == "vertex":
            from contextfs.adapters.clouds.gcp.reranker import VertexReranker  # noqa: PLC0415 - a heavy SDK

            return RemoteReranker(named, VertexReranker(name, url=url))
        if vendor == "bedrock":
            from contextfs.adapters.clouds.aws.reranker import BedrockReranker  # noqa: PLC0415 - as above

            return RemoteReranker(named, BedrockReranker(name, url=url))
    except ModuleNotFoundError as error:
        raise _not_installed(vendor, error) from error
    from contextfs.adapters.rerankers.cohere import COHERE, CohereEndpoint  # noqa: PLC0415 - only where it is set

    return RemoteReranker(named, CohereEndpoint(name, url=url or COHERE, key=settings.reranker_key))


def language_model(named: str, settings: Settings) -> LanguageModel:
    """Choose a vendor's language model (`vertex:NAME`); Invalid where its SDK is not installed."""
    vendor, _, name = named.partition(":")
    url = settings.language_model_url
    try:
        if vendor == "vertex":
            from contextfs.adapters.clouds.gcp.language_model import VertexLanguageModel  # noqa: PLC0415 - a heavy SDK

            return VertexLanguageModel(name, url=url)
        if vendor == "bedrock":
            from contextfs.adapters.clouds.aws.language_model import BedrockLanguageModel  # noqa: PLC0415 - as above

            return BedrockLanguageModel(name, url=url)
    except ModuleNotFoundError as error:
        raise _not_installed(vendor, error) from error
    from contextfs.adapters.language_models.openai import OPENAI, OpenAILanguageModel  # noqa: PLC0415 - as above

    return OpenAILanguageModel(name, url=url or OPENAI, key=settings.language_model_key)


def _endpoint(vendor: str, name: str, dimensions: int | None, settings: Settings) -> Endpoint:
    url = settings.embedder_url
    if vendor == "vertex":
        from contextfs.adapters.clouds.gcp.embedder import VertexEndpoint  # noqa: PLC0415 - a heavy SDK

        return VertexEndpoint(name, dimensions=dimensions, url=url)
    if vendor == "bedrock":
        from contextfs.adapters.clouds.aws.embedder import BedrockEndpoint  # noqa: PLC0415 - as above

        return BedrockEndpoint(name, dimensions=dimensions, url=url)
    from contextfs.adapters.embedders.openai import OPENAI, OpenAIEndpoint  # noqa: PLC0415 - only where it is set

    return OpenAIEndpoint(name, dimensions=dimensions, url=url or OPENAI, key=settings.embedder_key)


def _not_installed(vendor: str, error: ModuleNotFoundError) -> Invalid:
    return Invalid(f"{vendor} needs {error.name}: pip install 'contextfs-platform[{_EXTRAS[vendor]}]'.")
