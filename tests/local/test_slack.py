"""`make run` connects to Slack if the environment has the keys of an app."""

from local.slack import context, keys_in

KEYS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "abc"}
HERE = "http://localhost:4000"


def test_without_both_keys_slack_is_off() -> None:
    routing = {"SLACK_ROUTING": "routing.toml"}
    assert context(routing, HERE) == {}
    assert context({**routing, "SLACK_BOT_TOKEN": "xoxb-1"}, HERE) == {}


def test_with_keys_messages_link_to_the_dashboard_of_this_machine() -> None:
    assert context(KEYS, HERE) == {"dashboardUrl": HERE}
    chosen = {"SLACK_ROUTING": "routing.toml", "SLACK_API_URL": "http://127.0.0.1:9000/api/"}
    assert context({**KEYS, **chosen}, HERE) == {
        "dashboardUrl": HERE,
        "slackRouting": "routing.toml",
        "slackApiUrl": "http://127.0.0.1:9000/api/",
    }


def test_other_keys_are_another_connection() -> None:
    assert keys_in({}) == ""
    assert keys_in(KEYS) != keys_in({**KEYS, "SLACK_BOT_TOKEN": "xoxb-2"})
