"""The files that the documents' examples use can be had, and never overwrite anybody's own."""

import pytest
from typer.testing import CliRunner

from regulars.cli.main import app
from regulars.demo.samples import FILES, put_into
from regulars.kernel.errors import ConflictError


def test_the_samples_are_written_by_the_command(tmp_path):
    done = CliRunner().invoke(app, ["demo", "--samples", str(tmp_path / "try")])
    assert (done.exit_code, sorted(file.name for file in (tmp_path / "try").iterdir())) == (0, sorted(FILES))
    assert str(tmp_path / "try" / "orders.csv") in done.stdout


def test_a_file_of_the_same_name_is_not_overwritten(tmp_path):
    (tmp_path / "orders.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(ConflictError, match=r"Already there: orders.csv\."):
        put_into(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["orders.csv"]
