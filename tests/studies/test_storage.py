"""Whatever is wrong with a database, or with what somebody wrote there, is told in plain words; nobody else notices."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import text

from playground import worker
from playground.archive import Shelf
from playground.studies import Studies, StudyError
from playground.studies.existing import exist
from playground.studies.studies import MOST_OF_ONE, MOST_RUNNING
from tests.studies.made import spec, worked


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    return f"sqlite:///{tmp_path_factory.mktemp('studies') / 'studies.db'}"


@pytest.fixture
def studies(url):
    with closing(Studies(url)) as opened:
        yield opened


def test_what_is_no_database_is_told(tmp_path, capsys):
    (tmp_path / "text.db").write_text("Not a database at all. " * 100)
    wrong = {
        "there": "an address looks like",
        "foo://bar": "an address looks like",
        "mysql://me:secret@localhost/x": "is not installed",
        "postgresql://me:secret@localhost:1/x": "does not answer",
        f"sqlite:///{tmp_path / 'text.db'}": "file is not a database",
        f"sqlite:///{tmp_path / 'none.db'}": "There are no studies in",
    }
    for url, told in wrong.items():
        assert worker.main(["--storage", url]) == 2
        said = capsys.readouterr().err
        assert told in said, url
        assert "secret" not in said and "Traceback" not in said
    assert not (tmp_path / "none.db").exists()
    with pytest.raises(StudyError, match="curly brackets"):  # Optuna would fill them in
        Studies("sqlite:///{x}").running()
    assert not exist(f"sqlite:///{tmp_path / 'none.db'}")


def test_many_at_once_make_the_tables_once_and_beside_the_archive(tmp_path):
    url = f"sqlite:///{tmp_path / 'new.db'}"
    with ThreadPoolExecutor(4) as threads, closing(Shelf(url)) as shelf:
        everybody = [Studies(url) for _ in range(3)]
        found = [threads.submit(studies.running) for studies in everybody] + [threads.submit(shelf.runs, "me")]
        assert [one.result() for one in found] == [[]] * 4
    for studies in everybody:
        studies.close()
    assert (tmp_path / "new.db").stat().st_mode & 0o077 == 0, "nobody else on the machine reads it"


def test_a_study_that_is_over_or_unknown_is_told(url, capsys):
    name = worked(url, spec(trials=1))["name"]
    for study, told in ((name, "is finished"), ("np-unknown", "not there any more")):
        assert worker.main(["--storage", url, "--study", study]) == 2
        assert told in capsys.readouterr().err
    with pytest.raises(SystemExit):
        worker.main(["--trials", "-3"])


def put(studies: Studies, table: str, values: str, where: str, **given) -> None:
    """Write into the database what no program of ours would."""
    with studies.storage.engine.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET {values} WHERE {where}"), given)


@pytest.mark.parametrize(
    "value, told",
    [
        ("[[[[", "damaged"),
        ("7", "not made by Network Playground"),
        (json.dumps("x" * 500_000), "far too long"),
        (json.dumps("{}"), "cannot be used here"),
        (json.dumps('{"v": 1, "base": {"v": 2}}'), "newer version"),
    ],
)
def test_a_damaged_description_spoils_nothing_else(studies, value, told):
    bad, good = (studies.create(spec(), owner=value[:20]) for _ in range(2))
    where = f"study_id = {studies.study(bad)._study_id} AND key = 'playground:spec'"
    put(studies, "study_user_attributes", "value_json = :v", where, v=value)
    with pytest.raises(StudyError, match=told):
        studies.report(bad)
    with pytest.raises(StudyError, match=told):
        studies.open(bad)
    assert studies.report(good)["state"] == "running"
    assert good in [study["name"] for study in studies.list(value[:20])]


def test_damaged_trials_are_told_and_odd_ones_are_shown(studies):
    odd, bad = (studies.create(spec(), owner="odd") for _ in range(2))
    for name in (odd, bad):
        trial = studies.study(name).ask()
        trial.suggest_float("training.optimizer.lr", 0.1, 0.5)
        trial.suggest_float("x" * 500, 0.1, 0.5)
        for key in ("measured", "worker", "note", "process"):
            trial.set_user_attr(key, {"epoch": [1], "seconds": "long", "y" * 500: 1e999, "loss": True})
    studies.note(odd, "playground:clock", ["a", None])
    studies.note(odd, "playground:state", {"magic": 1})
    studies.note(odd, "playground:begun", "long ago")
    report = studies.report(odd)
    assert (report["state"], report["seconds"], len(report["trials"])) == ("paused", 0.0, 1)
    json.dumps(report, allow_nan=False)
    assert all(len(part) < 200 for part in report["trials"][0]["measured"])
    number = studies.study(bad)._study_id
    within = f"trial_id IN (SELECT trial_id FROM trials WHERE study_id = {number})"
    put(studies, "trial_params", 'distribution_json = \'{"name": "Evil"}\'', within)
    with closing(Studies(studies.url)) as fresh, pytest.raises(StudyError, match="damaged"):
        fresh.report(bad)
    assert [study["name"] for study in studies.list("odd")] != []


def test_a_person_sees_own_studies_and_cannot_fill_the_database(studies):
    names = [studies.create(spec(), owner="me") for _ in range(MOST_RUNNING)]
    with pytest.raises(StudyError, match=f"{MOST_RUNNING} of your searches are under way"):
        studies.create(spec(), owner="me")
    studies.create(spec(), owner="you")
    assert {study["name"] for study in studies.list("me")} == set(names)
    assert all(name not in json.dumps(studies.list("you")) for name in names)
    with studies.storage.engine.connect() as connection:
        written = str(list(connection.execute(text("SELECT value_json FROM study_user_attributes"))))
    assert '"me"' not in written  # whoever reads the database cannot take a visitor's place


def test_the_oldest_study_that_is_over_makes_room(studies, monkeypatch):
    monkeypatch.setattr("playground.studies.studies.MOST_OF_ONE", 2)
    assert MOST_OF_ONE > 2
    names = []
    for _ in range(4):
        names.append(studies.create(spec(), owner="many"))
        studies.stop(names[-1])
    assert [study["name"] for study in studies.list("many")] == names[:1:-1]
