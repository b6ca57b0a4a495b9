"""What docs/slack shows is what Slack is sent."""

import pytest

from tests.fakes.slack import MAX_BLOCKS, refused_blocks
from tests.pictures.slack import FOLDER, Picture, pictures

PICTURES = pictures()


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_the_json_of_each_picture_is_what_is_rendered_now(picture: Picture) -> None:
    """Where it is not: `python -m tests.pictures.slack` draws all of them anew."""
    assert (FOLDER / f"{picture.name}.json").read_text() == picture.json
    assert (FOLDER / f"{picture.name}.png").exists()


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_slack_would_take_all_of_it(picture: Picture) -> None:
    assert all(refused_blocks(one.sent["blocks"], MAX_BLOCKS) == "" for one in picture.shown)
