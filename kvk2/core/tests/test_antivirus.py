"""The conversation with a real clamd, and with what only pretends to be one."""

import io
import socket
import threading
import time
import zipfile
from contextlib import contextmanager

import pytest

from kvk2.core import antivirus
from kvk2.core.antivirus import ScannerDown
from kvk2.core.tests.eicar import EICAR


def archive(content, depth=1):
    for _ in range(depth):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zipped:
            zipped.writestr("word/media/image1.bin", content)
        content = target.getvalue()
    return content


@contextmanager
def server(behave):
    """A socket on which `behave(connection)` speaks once; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run():
            connection, _ = listener.accept()
            with connection:
                behave(connection)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(5)


def answering(answer):
    def behave(connection):
        received = b""
        while not received.endswith(b"\0\0\0\0"):
            received += connection.recv(65536)
        connection.sendall(answer)

    return behave


def test_a_harmless_file_is_clean(clamd):
    assert antivirus.scan([b"%PDF-1.7 niets bijzonders"]).is_clean


@pytest.mark.parametrize(
    "content",
    [EICAR, b"%PDF-1.7\n% " + EICAR + b"\n%%EOF", archive(EICAR), archive(EICAR, depth=3)],
    ids=["bare", "in a PDF", "in a ZIP, as Office is", "in a ZIP in a ZIP in a ZIP"],
)
def test_the_test_virus_is_found(clamd, content):
    assert antivirus.scan([content]).signature == "Eicar-Test-Signature"


def test_a_virus_on_the_border_of_two_pieces_is_found(clamd):
    content = b"x" * (antivirus.CHUNK_BYTES - 30) + EICAR

    assert not antivirus.scan([content]).is_clean
    assert not antivirus.scan([content[:100], content[100:]]).is_clean


def test_an_empty_file_is_clean(clamd):
    assert antivirus.scan([]).is_clean


def test_more_than_the_scanner_takes_is_never_clean(clamd):
    with pytest.raises(ScannerDown, match="size limit exceeded"):
        antivirus.scan(b"\0" * 1024 * 1024 for _ in range(40))


def test_an_archive_that_nobody_can_look_into_is_not_clean(clamd):
    content = bytearray(archive(b"niets", depth=1))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(signature) + offset] |= 1  # encrypted

    assert antivirus.scan([bytes(content)]).signature.startswith("Heuristics.Encrypted")


def test_the_version_is_told(clamd):
    assert antivirus.version().engine.startswith("1.")


def test_the_age_of_real_signatures_is_told():
    answer = b"ClamAV 1.4.6/27819/Sat Nov 21 09:26:12 2026\0"
    with server(lambda connection: (connection.recv(100), connection.sendall(answer))) as url:
        found = antivirus.version(url=url)

    assert (found.engine, found.database) == ("1.4.6", "27819")
    assert found.signatures_at.strftime("%Y-%m-%d %H:%M") == "2026-11-21 09:26"


def test_a_scanner_over_tcp_is_understood():
    with server(answering(b"stream: Win.Test.EICAR_HDB-1 FOUND\0")) as url:
        assert antivirus.scan([b"x"], url=url).signature == "Win.Test.EICAR_HDB-1"


@pytest.mark.parametrize(
    "url",
    [
        "unix:///nergens/clamd.sock",
        "tcp://127.0.0.1:1",
        "http://127.0.0.1:80",
        "unix://",
        "tcp://",
        "onzin",
    ],
)
def test_nobody_there_is_no_verdict(url):
    with pytest.raises(ScannerDown):
        antivirus.scan([b"x"], url=url)
    with pytest.raises(ScannerDown):
        antivirus.version(url=url)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"stream: OK but not really\0",
        b"OK\0",
        b"stream: Can't allocate memory ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"HTTP/1.1 200 OK\r\n\r\n\0",
        b"stream:  FOUND\0",
        b"\xff\xfe\0",
    ],
)
def test_only_the_one_word_makes_a_file_clean(answer):
    with server(answering(answer)) as url, pytest.raises(ScannerDown):
        antivirus.scan([b"x"], url=url)


def test_a_scanner_that_hangs_up_half_way_is_no_verdict():
    with server(lambda connection: connection.recv(10)) as url, pytest.raises(ScannerDown):
        antivirus.scan((b"x" * 65536 for _ in range(200)), url=url)


def test_a_scanner_that_never_answers_is_no_verdict():
    with server(lambda connection: time.sleep(1)) as url:
        before = time.monotonic()
        with pytest.raises(ScannerDown, match="timed out"):
            antivirus.scan([b"x"], url=url, seconds=0.3)
        assert time.monotonic() - before < 0.9


def test_a_scanner_that_answers_letter_by_letter_is_no_verdict():
    """The deadline is for the whole conversation, not for each byte of it."""

    def drip(connection):
        connection.recv(65536)
        try:
            for letter in b"stream: " + b"a" * 100:
                connection.sendall(bytes([letter]))
                time.sleep(0.05)
        except OSError:
            pass

    with server(drip) as url:
        before = time.monotonic()
        with pytest.raises(ScannerDown, match="timed out"):
            antivirus.scan([b"x"], url=url, seconds=0.4)
        assert time.monotonic() - before < 1.5
