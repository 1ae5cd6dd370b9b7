"""Text tables of every make: delimiters, encodings, headers, quotes, broken records."""

import pytest

from regulars.kernel.errors import InputError

PLAIN = [("1", "Åse", "2,5", 1), ("2", "Jörg", "3", 2)]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiter_encoding_and_line_ends_are_found(read, rows, delimiter, encoding, end):
    lines = (["order", "name", "total"], ["1", "Åse", "2,5"], ["2", "Jörg", "3"])
    table = read((end.join(delimiter.join(line) for line in lines) + end).encode(encoding))
    assert table.names == ("order", "name", "total")
    assert table.dialect.delimiter == delimiter
    assert rows() == PLAIN


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("id,oraș\n1,Timişoara\n2,Constanţa\n3,Iaşi\n".replace("ș", "ş"), "cp1250"),
        ("id,miasto\n1,Łódź\n2,Gdańsk\n3,Wrocław w maju\n", "cp1250"),
        ("id,город\n1,Москва\n2,Самара\n3,Новосибирск\n", "cp1251"),
        ("id,by\n1,Tromsø\n2,Ålesund\n3,København\n", "cp1252"),
        ("id,Stadt\n1,Köln\n2,Düsseldorf\n3,Fürth\n", "cp850"),
    ],
)
def test_one_byte_encodings_are_told_by_their_letters(read, con, text, encoding):
    table = read(text.encode(encoding))
    second = text.split("\n")[1].split(",")[1]
    assert table.dialect.encoding == encoding
    assert con.execute(f'SELECT "{table.names[1]}" FROM raw WHERE _row = 1').fetchall() == [(second,)]


def test_a_few_lines_in_another_encoding_are_read_and_said(read, rows):
    content = "id,name\n1,Åse\n2,Jörg\n".encode() + "3,José\n".encode("cp1252")
    table = read(content)
    assert [row[1] for row in rows()] == ["Åse", "Jörg", "José"]
    assert table.warnings[0].endswith("read as cp1252: 1.")


def test_a_late_line_in_another_encoding_is_found_beyond_the_sample(read, con):
    table = read(b"id,name\n" + b"1,plain\n" * 60_000 + "2,Müller\n".encode("cp1252"))
    assert table.rows == 60_001
    assert con.execute("SELECT name, _row FROM raw WHERE id = '2'").fetchall() == [("Müller", 60_001)]


def test_lines_above_the_header_are_passed_over(read, rows):
    table = read("Sales report\nfrom 2020\n\nOrder,Customer,Total\n1,7,3.5\n2,8,4\n3,8,9\n")
    assert table.names == ("Order", "Customer", "Total")
    assert rows()[0] == ("1", "7", "3.5", 1)


def test_a_file_without_header_gets_numbered_columns(read, rows):
    table = read("1,2020-01-01,3.5\n2,2020-01-02,4\n")
    assert table.names == ("column_1", "column_2", "column_3")
    assert table.dialect.header == 0
    assert rows()[0] == ("1", "2020-01-01", "3.5", 1)


def test_a_declared_header_wins(read):
    assert read("1,2\n3,4\n", header=1).names == ("1", "2")
    assert read("a,b\n3,4\n", header=0).rows == 2


def test_columns_set_apart_by_spaces_are_a_table(read, rows):
    table = read(" 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n 00002 19970112  5   77.00\n")
    assert table.dialect.delimiter == " "
    assert rows()[2] == ("00002", "19970112", "5", "77.00", 3)


def test_the_sep_line_of_excel_is_obeyed(read, rows):
    assert read("sep=;\r\na;b\r\n1,5;2\r\n").dialect.delimiter == ";"
    assert rows() == [("1,5", "2", 1)]


def test_repeated_and_empty_names_become_unique(read):
    table = read("a,A,,b\n1,2,3,4\n")
    assert table.names == ("a", "A_2", "column_3", "b")
    assert "more than once" in table.warnings[0]


@pytest.mark.parametrize("header", ["a,b", "a,b,"])
def test_trailing_delimiters_do_no_harm(read, con, header):
    table = read(f"{header}\n1,2,\n3,4,\n")
    assert con.execute("SELECT a, b FROM raw ORDER BY _row").fetchall() == [("1", "2"), ("3", "4")]
    assert table.rejected == 0


def test_broken_records_are_rejected_with_their_number_and_the_rest_is_kept(read, rows, con):
    table = read('a,b,c\n1,2,3\n4,5\n6,7,8,9\n"x""y",2,3\n"two\nlines",2,3\n7,8,9\n"broken,2,3\n10,11,12\n')
    assert [row[-1] for row in rows()] == [1, 4, 5, 6, 8]
    assert rows()[2][0] == "two\nlines"
    assert table.rejected == 3
    assert con.execute('SELECT "row", value, reason FROM rejects ORDER BY "row"').fetchall() == [
        (2, "4,5", "the row has 2 fields, the header 3"),
        (3, "6,7,8,9", "the row has 4 fields, the header 3"),
        (7, '"broken,2,3', "a quote is opened in this row and never closed"),
    ]


def test_a_quote_inside_a_plain_field_is_a_letter(read, rows):
    read('a,b\n1,5" pipe\n2,x\n3,"y"\n')
    assert [row[1] for row in rows()] == ['5" pipe', "x", "y"]


def test_row_numbers_are_those_of_the_file_when_it_is_read_in_parallel(read, con):
    lines = "".join(f"{number},{'x' * 40}\n" for number in range(1, 400_001))
    table = read("id,text\n" + lines)
    assert not table.dialect.repaired
    assert con.execute("SELECT count(*) FROM raw WHERE id::BIGINT <> _row").fetchall() == [(0,)]


def test_blank_lines_count_neither_when_clean_nor_when_repaired(read, rows):
    read("a,b\n1,2\n\n3,4\n")
    clean = rows()
    read("a,b\n1,2\n\n3,4\n5\n")
    assert rows() == clean == [("1", "2", 1), ("3", "4", 2)]


def test_zero_bytes_are_removed_and_said(read, rows):
    table = read(b"a,b\n1,x\x00y\n2,z\n")
    assert rows()[0][1] == "xy"
    assert table.warnings[0].startswith("Rows from which zero bytes were removed: ")


def test_a_huge_line_is_rejected_and_the_rest_is_kept(read, rows, con):
    table = read(b"a,b\n1," + b"x" * 9_000_000 + b"\n2,3\n4,5\n")
    assert (table.rows, table.rejected) == (2, 1)
    assert con.execute("SELECT length(value) FROM rejects").fetchall() == [(500,)]


def test_three_hundred_columns_are_read(read):
    header = ",".join(f"column {n}" for n in range(300))
    table = read(header + "\n" + ",".join("1" * 300) + "\n")
    assert len(table.columns) == 300


def test_a_file_most_of_whose_rows_do_not_fit_is_refused(read):
    with pytest.raises(InputError, match="no table that can be used"):
        read("a,b,c\n1,2,3\n" + "1,2\n" * 50, header=1)


def test_an_unknown_encoding_is_named(read):
    with pytest.raises(InputError, match="klingon"):
        read("a,b\n1,2\n", encoding="klingon")
