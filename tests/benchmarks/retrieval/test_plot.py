"""The picture has a panel for each data set, the best system first, and can be drawn of nothing."""

from xml.etree import ElementTree as ET

from benchmarks.retrieval.measures import Score
from benchmarks.retrieval.plot import plot
from benchmarks.retrieval.run import Run


def score(dataset: str, recall: float) -> Score:
    return Score(
        dataset=dataset,
        conversation="c",
        qid="q",
        category="c",
        recall={10: recall},
        ndcg=0.0,
        mrr=0.0,
        session_recall={},
        held={},
        milliseconds=0.0,
    )


def texts(picture: str) -> list[str]:
    return [one.text or "" for one in ET.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 - our own


def test_each_data_set_has_a_panel_and_the_best_system_stands_first() -> None:
    runs = [
        Run(system="grep", scores=[score("a<b", 0.25), score("c", 0.5)]),
        Run(system="ours", scores=[score("a<b", 1.0), score("c", 0.75)]),
    ]

    said = texts(plot(runs))

    assert ["a<b", "c"] == [one for one in said if one in {"a<b", "c"}]
    assert said.index("ours") < said.index("grep")
    assert {"1.000", "0.750", "0.250", "0.500"} < set(said)


def test_where_nothing_was_measured_there_is_a_picture_without_bars() -> None:
    assert 1 == len(texts(plot([Run(system="grep", absent="failed")])))
