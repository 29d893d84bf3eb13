"""Limits are read from the environment, and a wrong one is named before the server starts."""

import dataclasses
from pathlib import Path

import pytest

from playground.settings import SettingError, Settings

FIELDS = dataclasses.fields(Settings)


def test_without_an_environment_the_defaults_hold():
    settings = Settings.from_environment({})
    assert settings.max_parameters == 2_000_000
    assert settings.csv_bytes == 5 * 1024 * 1024
    assert settings.link_bytes == 64 * 1024
    assert settings.workers >= 1
    assert settings.home == Path.home() / ".cache" / "network-playground"


@pytest.mark.parametrize("name", [item.name for item in FIELDS if item.type in (int, "int")])
def test_every_limit_is_overridable(name):
    settings = Settings.from_environment({f"PLAYGROUND_{name.upper()}": " 7 "})
    assert getattr(settings, name) == 7
    assert dataclasses.replace(settings, **{name: getattr(Settings(), name)}) == Settings()


def test_home_is_made_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/somewhere")
    assert Settings.from_environment({"PLAYGROUND_HOME": "here"}).home == tmp_path / "here"
    assert Settings.from_environment({"PLAYGROUND_HOME": "~/there"}).home == Path("/somewhere/there")


def test_kernels_are_kept_at_home_or_where_one_likes(tmp_path):
    home = {"PLAYGROUND_HOME": str(tmp_path)}
    assert Settings.from_environment(home).kernels == tmp_path / "kernels"
    assert Settings.from_environment({**home, "PLAYGROUND_KERNELS": "/else/where"}).kernels == Path("/else/where")


def test_one_address_says_where_runs_and_studies_are_kept(tmp_path):
    home = {"PLAYGROUND_HOME": str(tmp_path)}
    assert Settings.from_environment(home).storage_url == f"sqlite:///{tmp_path}/playground.db"
    given = {
        "sqlite:////there/runs.db": "sqlite:////there/runs.db",
        "postgresql://me@there/runs": "postgresql+psycopg://me@there/runs",
        "postgres://me@there/runs": "postgresql+psycopg://me@there/runs",
        "postgresql+psycopg://me@there/runs": "postgresql+psycopg://me@there/runs",
    }
    for text, url in given.items():
        assert Settings.from_environment({**home, "PLAYGROUND_STORAGE": f" {text} "}).storage_url == url


def test_digits_may_be_grouped_and_an_empty_value_means_the_default():
    assert Settings.from_environment({"PLAYGROUND_MAX_UNITS": "2_000"}).max_units == 2000
    assert Settings.from_environment({"PLAYGROUND_MAX_UNITS": ""}) == Settings()


@pytest.mark.parametrize(
    ("variable", "text", "message"),
    [
        ("PLAYGROUND_MAX_UNITS", "many", "PLAYGROUND_MAX_UNITS must be a whole number, but is 'many'"),
        ("PLAYGROUND_MAX_UNITS", "1.5", "PLAYGROUND_MAX_UNITS must be a whole number, but is '1.5'"),
        ("PLAYGROUND_WORKERS", "0", "PLAYGROUND_WORKERS must be at least 1, but is 0"),
        ("PLAYGROUND_IDLE_SECONDS", "-3", "PLAYGROUND_IDLE_SECONDS must be at least 1, but is -3"),
        ("PLAYGROUND_CLUSTER_GPUS", "half", "PLAYGROUND_CLUSTER_GPUS must be a number, but is 'half'"),
        (
            "PLAYGROUND_CLUSTER_GPUS",
            "1.5",
            "PLAYGROUND_CLUSTER_GPUS must be a part of one GPU or whole ones, but is 1.5",
        ),
        ("PLAYGROUND_CLUSTER_GPUS", "nan", "PLAYGROUND_CLUSTER_GPUS must be at least 0, but is nan"),
        ("PLAYGROUND_MAX_UNIT", "8", "PLAYGROUND_MAX_UNIT is not a setting of Network Playground"),
        ("PLAYGROUND_max_units", "8", "PLAYGROUND_max_units is not a setting of Network Playground"),
    ],
)
def test_a_wrong_value_is_named(variable, text, message):
    with pytest.raises(SettingError, match=message):
        Settings.from_environment({variable: text})


def test_gpus_of_a_worker_may_be_a_part_of_one():
    for text, gpus in (("0.25", 0.25), ("2", 2.0)):
        assert Settings.from_environment({"PLAYGROUND_CLUSTER_GPUS": text}).cluster_gpus == gpus


def test_other_variables_are_nobodys_business():
    assert Settings.from_environment({"PATH": "/bin", "STREAMLIT_SERVER_PORT": "1"}) == Settings()


def test_settings_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().max_units = 3


@pytest.mark.parametrize("item", FIELDS, ids=lambda item: item.name)
def test_every_setting_says_what_it_is(item):
    assert len(item.metadata["about"]) > 10
