"""What is missing is installed from where the rest came from."""

import sys

import pytest

from regulars.kernel.errors import MissingExtraError
from regulars.kernel.installing import install_command, with_extra


@pytest.mark.parametrize(
    ("origin", "given"),
    [
        ({}, "'regulars[spark]'"),
        ({"url": "file:///srv/my%20clone", "dir_info": {}}, "'/srv/my clone[spark]'"),
        ({"url": "file:///src", "dir_info": {"editable": True}}, "--editable '/src[spark]'"),
        ({"url": "https://git.example/regulars", "vcs_info": {"vcs": "git"}}, "'regulars[spark]'"),
    ],
)
def test_an_extra_comes_from_where_the_package_came_from(origin, given):
    assert with_extra("spark", origin) == given


def test_the_error_names_a_command_for_this_very_python():
    assert str(MissingExtraError("spark", "Spark")).endswith(f"Install it: {install_command('spark')}")
    assert install_command("spark").startswith(f"{sys.executable} -m pip install ")
