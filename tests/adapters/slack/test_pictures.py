"""The pictures in docs/slack show the messages that are sent to Slack."""

import pytest

from tests.fakes.slack import MAX_BLOCKS, blocks_error
from tests.pictures.slack import FOLDER, Picture, pictures

PICTURES = pictures()


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_the_json_of_each_picture_is_up_to_date(picture: Picture) -> None:
    """Run `python -m tests.pictures.slack` to draw all of them again."""
    assert (FOLDER / f"{picture.name}.json").read_text() == picture.json
    assert (FOLDER / f"{picture.name}.png").exists()


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_slack_accepts_the_blocks_of_each_picture(picture: Picture) -> None:
    assert all(blocks_error(one.content["blocks"], MAX_BLOCKS) == "" for one in picture.items)
