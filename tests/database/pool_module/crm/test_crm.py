"""Customers without doubles, files by their bytes, threads both sides read."""

import io
import struct
import zipfile
import zlib
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from pool_module.crm.errors import (
    FileInfected,
    FileRefused,
    FileWaits,
    LineMissing,
    NoPages,
    NoSuchRecord,
    NothingWritten,
    NotThatWay,
)
from pool_module.crm.operations import documents, tasks, threads
from pool_module.crm.operations.customers import Person, add_customer, change_customer
from pool_module.crm.operations.documents import Upload
from pool_module.crm.queries import customers as find
from pool_module.crm.queries import documents as files
from pool_module.crm.queries import tasks as work
from pool_module.crm.queries import threads as talk
from pool_module.crm.rules.alike import Described
from shared.db import actor_of, listing
from shared.db.listing import Asked, Condition, Operator
from shared.errors import Conflict
from shared.models.workplace import Notification
from shared.vocabulary import Door, ThreadState
from tests.database.pool_module.casework import NOW, OTHER_POOL, Desk
from tests.web.test_scanning import clamd

PDF = Upload("Antrag.pdf", b"%PDF-1.7 one page")


def png() -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" + b"\xff" * 6 + b"\0" + b"\x00" * 6)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", rows) + part(b"IEND", b"")


class TestCustomers:
    def test_the_same_person_is_found_however_it_is_written(self, desk: Desk) -> None:
        born = date(1980, 5, 1)
        with desk.at(Door.INTRANET) as session:
            shevchenko = Person("Шевченко", "Олена", birth_date=date(1990, 2, 3))
            add_customer(session, shevchenko, firm_id=desk.firm_id)
            actor = actor_of(session)
            for typed, hits in (
                (Described("Grossmann", "Joerg", birth_date=born), 1),
                (Described("GROSSMANN", "J.", postcode="20095"), 1),
                (Described("Jörg", "Großmann", birth_date=born), 1),
                (Described("Großmann", "Jörg", birth_date=date(1981, 1, 1)), 0),
                (Described("Großmann", "Eva", birth_date=born), 0),
                (Described("Shevchenko", "Olena", birth_date=date(1990, 2, 3)), 1),
                (Described("Schewtschenko", "Olena", birth_date=date(1990, 2, 3)), 1),
            ):
                assert len(find.find_alike(session, actor, typed)) == hits, typed

    def test_a_neighbour_finds_nobody(self, desk: Desk) -> None:
        person = Described("Großmann", "Jörg", birth_date=date(1980, 5, 1))
        with desk.at(Door.EXTRANET, firm=desk.neighbour_id) as session:
            actor = actor_of(session)
            assert not find.find_alike(session, actor, person)
            with pytest.raises(NoSuchRecord):
                find.get_customer(session, actor, desk.customer_id)
            page = listing.page(session, find.customer_list(session, actor), Asked("name"))
            assert not page.rows

    def test_what_is_a_brokers_own_the_staff_never_sees(self, desk: Desk) -> None:
        with desk.at(Door.EXTRANET) as session:
            own = add_customer(session, Person("Eigen"), private=True).id
        with desk.at(Door.INTRANET) as session, pytest.raises(NoSuchRecord):
            find.get_customer(session, actor_of(session), own)

    def test_two_people_change_one(self, desk: Desk) -> None:
        with desk.at(Door.INTRANET, "jana") as session:
            seen = find.get_customer(session, actor_of(session), desk.customer_id).version
            change_customer(session, desk.customer_id, Person("Großmann", "Jürgen"), version=seen)
        with desk.at(Door.INTRANET, "ines") as session, pytest.raises(Conflict) as refused:
            change_customer(session, desk.customer_id, Person("Großmann", "Jo"), version=seen)
        assert refused.value.stored["first_name"] == "Jürgen"


class TestFiles:
    def test_a_firms_upload_is_read_by_the_pool_and_not_by_another_firm(self, desk: Desk) -> None:
        with desk.at(Door.EXTRANET) as session:
            stored = documents.store_upload(
                session, desk.root, PDF, subject="contract", subject_id=desk.contract_id
            ).id
        with desk.at(Door.INTRANET) as session:
            assert documents.open_document(session, desk.root, stored).content == PDF.content
        places: tuple[dict[str, Any], ...] = ({"firm": desk.neighbour_id}, {"pool": OTHER_POOL})
        for place in places:
            with desk.at(Door.EXTRANET, **place) as session, pytest.raises(NoSuchRecord):
                documents.open_document(session, desk.root, stored)

    def test_what_the_pool_keeps_to_itself_the_firm_does_not_see(self, desk: Desk) -> None:
        with desk.at(Door.INTRANET) as session:
            documents.store_upload(
                session,
                desk.root,
                PDF,
                subject="contract",
                subject_id=desk.contract_id,
                shared=False,
            )
        with desk.at(Door.EXTRANET) as session:
            seen = files.documents_of(session, actor_of(session), "contract", desk.contract_id)
            assert all(document.firm_id == desk.firm_id for document in seen)

    def test_photographed_pages_become_one_pdf(self, desk: Desk) -> None:
        pages = [Upload("a.jpg", png()), Upload("b.png", png())]
        with desk.at(Door.EXTRANET) as session:
            made = documents.store_pages(
                session, desk.root, pages, subject="contract", subject_id=desk.contract_id
            )
            assert (made.file_name, made.media_type) == ("a.jpg.pdf", "application/pdf")
        with desk.at(Door.EXTRANET) as session, pytest.raises(NoPages):
            documents.store_pages(
                session, desk.root, [PDF], subject="contract", subject_id=desk.contract_id
            )

    def test_a_program_is_no_pdf_whatever_its_name(self, desk: Desk) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("word/document.xml", "x")
            archive.writestr("word/vbaProject.bin", "x")
        for content in (b"MZ\x90\x00", b"<html><script>", packed.getvalue()):
            with desk.at(Door.EXTRANET) as session, pytest.raises(FileRefused):
                documents.store_upload(
                    session,
                    desk.root,
                    Upload("a.pdf", content),
                    subject="contract",
                    subject_id=desk.contract_id,
                )

    def test_what_the_scanner_says_counts(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Infected: nothing is kept. Without an answer it waits, and is asked for again."""
        about: dict[str, Any] = {"subject": "contract", "subject_id": desk.contract_id}
        with desk.at(Door.EXTRANET) as session:
            with clamd(b"stream: Eicar-Test FOUND\0") as (url, taken):
                monkeypatch.setenv("CLAMD_URL", url)
                with pytest.raises(FileInfected):
                    documents.store_upload(session, desk.root, PDF, **about)
            assert b"".join(taken) == PDF.content
            monkeypatch.setenv("CLAMD_URL", "tcp://127.0.0.1:1")
            stored = documents.store_upload(session, desk.root, PDF, **about).id
            with pytest.raises(FileWaits):
                documents.open_document(session, desk.root, stored)
            with clamd(b"stream: Eicar-Test FOUND\0") as (url, _):
                monkeypatch.setenv("CLAMD_URL", url)
                with pytest.raises(FileInfected):
                    documents.open_document(session, desk.root, stored)
            with clamd(b"stream: OK\0") as (url, _):
                monkeypatch.setenv("CLAMD_URL", url)
                clean = documents.store_upload(session, desk.root, PDF, **about).id
                assert documents.open_document(session, desk.root, clean).content == PDF.content

    def test_onto_another_firms_contract_nothing_is_put(self, desk: Desk) -> None:
        with (
            desk.at(Door.EXTRANET, firm=desk.neighbour_id) as session,
            pytest.raises(NoSuchRecord),
        ):
            documents.store_upload(
                session, desk.root, PDF, subject="contract", subject_id=desk.contract_id
            )


class TestThreads:
    def open(self, desk: Desk, **values: object) -> int:
        with desk.at(Door.EXTRANET, "olena") as session:
            return threads.open_thread(
                session,
                author="Олена",
                title="Warum?",
                body="Bitte prüfen",
                now=NOW,
                uploads=(PDF,),
                root=desk.root,
                **values,  # type: ignore[arg-type]
            ).id

    def test_asked_read_noted_and_answered(self, desk: Desk) -> None:
        number = self.open(desk, subject="contract", subject_id=desk.contract_id)
        later = NOW + timedelta(minutes=5)
        with desk.at(Door.INTRANET, "jana") as session:
            actor = actor_of(session)
            assert talk.unread(session, actor) == 1
            threads.mark_read(session, number, now=later)
            threads.answer(
                session, number, author="Jana", body="Muss Thomas sehen", now=later, internal=True
            )
            assert talk.unread(session, actor) == 0
            assert [t.id for t in talk.unanswered(session, actor)] == [number]
        with desk.at(Door.EXTRANET) as session:
            actor = actor_of(session)
            conversation = talk.get_conversation(session, actor, number)
            assert [said.message.body for said in conversation.messages] == ["Bitte prüfen"]
            assert conversation.thread.pool_read_at == later
            assert conversation.about
            assert conversation.about.name == "AL-7741-206"
        with desk.at(Door.INTRANET, "jana") as session:
            threads.answer(session, number, author="Jana", body="So ist es", now=later)
        with desk.at(Door.EXTRANET, "olena") as session:
            actor = actor_of(session)
            assert talk.get_thread(session, actor, number).state == ThreadState.ANSWERED
            assert talk.unread(session, actor) == 1
            assert session.query(Notification).filter_by(link=f"/threads/{number}").count() == 1
            with pytest.raises(NothingWritten):
                threads.answer(session, number, author="Олена", body=" ", now=later)

    def test_a_question_ends_with_the_line_that_corrects_it(self, desk: Desk) -> None:
        number = self.open(desk, kind="question")
        with desk.at(Door.INTRANET, "jana") as session:
            for line in (None, 4711):
                with pytest.raises(LineMissing):
                    threads.settle(
                        session, number, "correction_booked", author="Jana", now=NOW, line_id=line
                    )
            done = threads.settle(
                session, number, "rejected", author="Jana", now=NOW, body="Es stimmt so."
            )
            assert done.state == ThreadState.REJECTED
            with pytest.raises(NotThatWay):
                threads.settle(session, number, "rejected", author="Jana", now=NOW, body="x")

    def test_closed_and_taken_up_again(self, desk: Desk) -> None:
        number = self.open(desk)
        with desk.at(Door.INTRANET) as session:
            assert threads.close(session, number).state == ThreadState.CLOSED
            assert threads.reopen(session, number).state == ThreadState.OPEN

    def test_strangers_find_no_thread(self, desk: Desk) -> None:
        number = self.open(desk)
        places: tuple[dict[str, Any], ...] = ({"firm": desk.neighbour_id}, {"pool": OTHER_POOL})
        for place in places:
            with desk.at(Door.EXTRANET, **place) as session, pytest.raises(NoSuchRecord):
                talk.get_conversation(session, actor_of(session), number)

    @pytest.mark.parametrize("name", ["unanswered", "unread", "mine"])
    @pytest.mark.parametrize("door", [Door.INTRANET, Door.EXTRANET])
    def test_the_list_knows_its_views(self, desk: Desk, door: Door, name: str) -> None:
        with desk.at(door) as session:
            spec = talk.thread_list(session, actor_of(session))
            asked = Asked("last_at", conditions=(Condition(name, Operator.IS, (True,)),))
            listing.page(session, spec, asked)
            assert listing.count(session, spec, asked) >= 0


class TestTasks:
    def test_added_done_and_taken_back(self, desk: Desk) -> None:
        with desk.at(Door.INTRANET, "jana") as session:
            task = tasks.add_task(
                session, title="Anrufen", subject="contract", subject_id=desk.contract_id
            )
            actor = actor_of(session)
            (found,) = work.open_tasks(session, actor, account_id=7)
            assert found.about
            assert found.about.name == "AL-7741-206"
            tasks.finish(session, task.id, now=NOW)
            assert not work.open_tasks(session, actor)
            tasks.undo(session, task.id)
            assert len(work.tasks_of(session, actor, "contract", desk.contract_id)) == 1
            with pytest.raises(NoSuchRecord):
                tasks.assign(session, task.id, 4711)

    def test_the_journal_tells_it(self, desk: Desk) -> None:
        with desk.at(Door.INTRANET) as session:
            told = session.execute(text("SELECT count(*) FROM audit_entry WHERE subject = 'task'"))
            assert told.scalar_one() == 3
