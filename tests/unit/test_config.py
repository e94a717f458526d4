"""Settings: every mistake told at once, nothing unknown accepted, no secret shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.lifecycle import DEFAULT_POLICY
from config import PREFIX, ConfigError, Settings, described


def problems(**env: str) -> list[str]:
    with pytest.raises(ConfigError) as wrong:
        Settings.from_env({PREFIX + name: value for name, value in env.items()})
    return wrong.value.problems


@pytest.fixture
def policy_file(tmp_path: Path) -> Path:
    return tmp_path / "policy.toml"


def with_policy(path: Path, text: str) -> Settings:
    path.write_text(text, encoding="utf-8")
    return Settings.from_env({"RATCHET_POLICY": str(path)})


def policy_problem(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    (problem,) = problems(POLICY=str(path))
    return problem


def test_everything_has_a_default() -> None:
    settings = Settings.from_env({})
    assert settings.database_url == "sqlite:///var/ratchet.db"
    assert settings.session_hours == 12
    assert settings.metrics is True
    assert settings.policy == DEFAULT_POLICY
    assert not settings.is_https


def test_an_empty_variable_means_its_default() -> None:
    assert Settings.from_env({"RATCHET_SESSION_HOURS": " ", "RATCHET_POLICY": ""}) == Settings.from_env({})


def test_variables_of_others_are_none_of_our_business() -> None:
    assert Settings.from_env({"PATH": "/bin", "RATCHET_TESTS_COMPLETE": "1"}) == Settings.from_env({})


def test_settings_do_not_change_after_the_start() -> None:
    with pytest.raises(AttributeError):
        Settings.from_env({}).session_hours = 1


def test_every_wrong_variable_is_told_at_once() -> None:
    told = problems(
        DATABASE_URL="mysql://db", BASE_URL="ratchet.example", SESSION_HOURS="0", PROXIES="many", METRICS="maybe",
        LOG_LEVEL="loud", SLAK_TOKEN="xoxb-secret",
    )  # fmt: skip
    assert told == [
        "RATCHET_DATABASE_URL must start with sqlite:/// or postgresql://.",
        "RATCHET_BASE_URL must be an absolute http or https URL.",
        "RATCHET_SESSION_HOURS must be a whole number from 1 to 720.",
        "RATCHET_PROXIES must be a whole number from 0 to 5.",
        "RATCHET_METRICS must be true or false.",
        "RATCHET_LOG_LEVEL must be one of debug, info, warning, error.",
        "RATCHET_SLAK_TOKEN is not a setting of Ratchet.",
    ]


def test_the_error_has_one_line_for_each_problem_and_no_value() -> None:
    with pytest.raises(ConfigError) as wrong:
        Settings.from_env({"RATCHET_DATABASE_URL": "mysql://ana:hunter2@db", "RATCHET_PROXIES": "x"})
    assert len(str(wrong.value).splitlines()) == 2
    assert "hunter2" not in str(wrong.value)


@pytest.mark.parametrize("url", ["postgres://u@h/r", "postgresql://u@h/r", "postgresql+psycopg://u@h/r"])
def test_every_spelling_of_postgresql_uses_the_driver_that_is_installed(url: str) -> None:
    assert Settings.from_env({"RATCHET_DATABASE_URL": url}).database_url == "postgresql+psycopg://u@h/r"


@pytest.mark.parametrize("hours", ["-1", "1.5", "1e3", "721", "²", "12h", "9" * 50])
def test_a_number_is_whole_and_within_its_range(hours: str) -> None:
    assert problems(SESSION_HOURS=hours) == ["RATCHET_SESSION_HOURS must be a whole number from 1 to 720."]


@pytest.mark.parametrize("seconds", ["0", "0.09", "300.5", "-1", "nan", "inf", "soon", "2s"])
def test_a_span_is_a_number_of_seconds_within_its_range(seconds: str) -> None:
    assert problems(WORKER_POLL_SECONDS=seconds) == [
        "RATCHET_WORKER_POLL_SECONDS must be a number of seconds from 0.1 to 300."
    ]


def test_a_span_may_be_a_part_of_a_second() -> None:
    assert Settings.from_env({"RATCHET_WORKER_POLL_SECONDS": "0.25"}).worker_poll_seconds == 0.25


@pytest.mark.parametrize(
    ("word", "expected"), [("1", True), ("Yes", True), ("TRUE", True), ("0", False), ("no", False)]
)
def test_a_flag_understands_the_usual_words(word: str, expected: bool) -> None:
    assert Settings.from_env({"RATCHET_METRICS": word}).metrics is expected


@pytest.mark.parametrize("url", ["ftp://x", "//x", "http://", "http://[::1"])
def test_the_base_url_is_an_address_that_a_browser_opens(url: str) -> None:
    assert len(problems(BASE_URL=url)) == 1


def test_the_scheme_of_the_base_url_tells_whether_it_is_https() -> None:
    assert Settings.from_env({"RATCHET_BASE_URL": "https://ratchet.example"}).is_https


def test_no_secret_is_shown_when_settings_are_printed() -> None:
    shown = repr(
        Settings.from_env(
            {
                "RATCHET_SECRET_KEY": "hunter2-key",
                "RATCHET_SLACK_TOKEN": "xoxb-hunter2",
                "RATCHET_DATABASE_URL": "postgresql://ana:hunter2@db/ratchet",
                "RATCHET_RATE_LIMIT_STORAGE": "redis://:hunter2@cache",
            }
        )
    )
    assert "hunter2" not in shown


def test_every_setting_is_described_with_a_reason() -> None:
    rows = described()
    assert len({name for name, _default, _reason in rows}) == len(rows)
    assert all(name.startswith(PREFIX) and reason.endswith(".") for name, _default, reason in rows)


# The policy file


def test_a_policy_file_changes_what_it_names_and_leaves_the_rest(policy_file: Path) -> None:
    policy = with_policy(
        policy_file, '[SEV3]\nskippable = ["analysis"]\n[SEV1]\nworking_days.review = 3\nworking_days.analysis = 4\n'
    ).policy
    assert policy["SEV3"].skippable == {"analysis"}
    assert policy["SEV3"].working_days == DEFAULT_POLICY["SEV3"].working_days
    assert policy["SEV1"].skippable == frozenset()
    assert policy["SEV1"].working_days == {**DEFAULT_POLICY["SEV1"].working_days, "review": 3, "analysis": 4}
    assert policy["SEV4"] == DEFAULT_POLICY["SEV4"]


def test_an_empty_policy_file_is_the_default(policy_file: Path) -> None:
    assert with_policy(policy_file, "").policy == DEFAULT_POLICY


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[SEV5]\n", "unknown severities: SEV5"),
        ('[SEV1]\nskippable = ["coffee"]\n', "unknown stages for SEV1: coffee"),
        ("[SEV2]\nworking_days.coffee = 1\n", "unknown stages for SEV2: coffee"),
        ("[SEV2]\nworking_days.review = 0\n", "whole working days from 1 to 1000 for SEV2"),
        ("[SEV2]\nworking_days.review = 1.5\n", "whole working days from 1 to 1000 for SEV2"),
        ('[SEV2]\nworking_days.review = "soon"\n', "whole working days from 1 to 1000 for SEV2"),
        ("[SEV1\n", "cannot be read"),
    ],
)
def test_a_wrong_policy_file_is_told_in_a_sentence(policy_file: Path, text: str, words: str) -> None:
    problem = policy_problem(policy_file, text)
    assert problem.startswith("RATCHET_POLICY ")
    assert words in problem


@pytest.mark.parametrize(
    "text",
    [
        "SEV1 = 3\n",
        "[SEV1]\nskippable = 3\n",
        '[SEV1]\nskippable = "analysis"\n',
        '[SEV1]\nskippable = [["analysis"]]\n',
        "[SEV1]\nworking_days = 3\n",
        "[SEV1]\nworking_days.review = true\n",
        '[SEV1]\nskipable = ["analysis"]\n',
    ],
)
def test_a_policy_of_the_wrong_shape_is_a_problem_and_no_crash(policy_file: Path, text: str) -> None:
    assert policy_problem(policy_file, text).startswith("RATCHET_POLICY ")


def test_a_policy_file_that_is_not_there_is_told_with_the_other_problems(tmp_path: Path) -> None:
    told = problems(POLICY=str(tmp_path / "none.toml"), PROXIES="9")
    assert told[0] == "RATCHET_PROXIES must be a whole number from 0 to 5."
    assert told[1].startswith("RATCHET_POLICY cannot be read: ")


def test_a_policy_file_that_is_no_text_is_told(policy_file: Path) -> None:
    policy_file.write_bytes(b"\xff\xfe\x00")
    assert problems(POLICY=str(policy_file))[0].startswith("RATCHET_POLICY cannot be read: ")
