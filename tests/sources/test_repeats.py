"""Documents in several files: a later export replaces, a cut one is put together, and the summary says which."""

from __future__ import annotations

from decimal import Decimal

HEAD = "invoice,customer_id,date,sku,quantity,price,currency,country\n"
LINE = "{0},c{0},2026-01-0{0} 10:00:00,{1},1,{2},NOK,NO\n"


def lines(*parts: tuple[int, str, int]) -> str:
    return HEAD + "".join(LINE.format(*part) for part in parts)


def goods(result) -> list[tuple[str, Decimal]]:
    return result.rows("SELECT order_id, goods FROM orders ORDER BY 1")


def test_an_invoice_that_the_end_of_a_file_cut_in_two_is_put_together(run, write):
    first = lines((1, "hat", 5), (2, "cup", 7), (2, "pin", 1))
    second = lines((2, "mug", 3), (3, "hat", 5))
    result = run(write("a.csv", first), write("b.csv", second))
    assert goods(result) == [("1", Decimal("5")), ("2", Decimal("11")), ("3", Decimal("5"))]
    assert result.rows("SELECT line, product FROM order_lines WHERE order_id = '2' ORDER BY 1") == [
        (1, "cup"), (2, "pin"), (3, "mug"),
    ]  # fmt: skip
    said = "Documents that were cut in two by the end of a file and put together again: 1."
    assert said in result.summary.warnings
    assert not any("different contents" in warning for warning in result.summary.warnings)


def test_a_document_in_two_overlapping_files_counts_once_as_in_the_later_one(run, write):
    first = lines((1, "hat", 5), (2, "cup", 7))
    second = lines((2, "cup", 7), (2, "mug", 3), (3, "hat", 5))
    result = run(write("a.csv", first), write("b.csv", second))
    assert goods(result)[1] == ("2", Decimal("10"))
    assert any("with different contents: 1." in warning for warning in result.summary.warnings)


def test_a_document_inside_a_file_is_never_put_together(run, write):
    first = lines((2, "cup", 7), (1, "hat", 5))
    second = lines((3, "hat", 5), (2, "mug", 3), (4, "hat", 5))
    result = run(write("a.csv", first), write("b.csv", second))
    assert ("2", Decimal("3")) in goods(result)


def test_equal_repeats_are_nothing_to_tell(run, write):
    text = lines((1, "hat", 5), (2, "cup", 7))
    result = run(write("a.csv", text), write("b.csv", text))
    assert not any(warning.startswith("Documents") for warning in result.summary.warnings)
    assert [file.duplicates for file in result.summary.files] == [2, 0]


def test_an_order_row_that_changed_is_counted(run, write):
    text = "order_id,customer_id,date,amount,currency\n1,a,2026-01-01 10:00:00,{},NOK\n2,b,2026-01-02 10:00:00,5,NOK\n"
    result = run(write("a.csv", text.format(5)), write("b.csv", text.format(6)))
    assert goods(result)[0] == ("1", Decimal("6"))
    assert any("with different contents: 1." in warning for warning in result.summary.warnings)


def test_without_numbers_and_times_a_customer_s_day_is_one_order_and_that_is_said(run, write):
    text = "customer_id,date,amount,currency\na,2026-01-01,5,NOK\na,2026-01-01,7,NOK\nb,2026-01-01,1,NOK\n"
    result = run(write("cdnow.csv", text))
    assert result.rows("SELECT goods FROM orders ORDER BY 1") == [(Decimal("1"),), (Decimal("12"),)]
    assert any("3 rows made 2 orders." in warning for warning in result.summary.warnings)


def test_payments_of_orders_that_are_not_there_are_counted(run, write):
    mapping = '[[facts]]\ntable = "payments"\n[facts.columns]\npayment_id = "nr"\norder_id = "o"\nat = "t"\namount = "a"\nkind = { value = "refund" }\n'
    text = "nr,o,t,a\n1,7,2026-01-01 10:00:00,5\n2,,2026-01-01 10:00:00,5\n"
    result = run(write("p.csv", text), mapping=write("m.toml", mapping))
    assert any(
        w.startswith("Rows of payments whose order is not known (yet): 1.") for w in result.summary.warnings
    )
