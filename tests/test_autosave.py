"""autosave: contexts for the next session."""

from __future__ import annotations

import stat
import sys
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from desk import TOKEN, Desk

from pybridge import contexts, wire
from pybridge.autosave import CONTEXTS, Autosave, locate
from pybridge.clouds import cloud
from pybridge.errors import ConfigurationError, ConflictError
from pybridge.resources import Account, Context, ContextAutosaveSettings, Session, Subscription


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "above" / "contexts"


def desk(folder: Path) -> Desk:
    """A session of the user whose contexts are in that folder, at its first command."""
    begun = Desk(environ={"PYBRIDGE_CONTEXTS": str(folder)})
    begun.call("restore_session")
    return begun


def saved(folder: Path) -> Session:
    warnings: list[str] = []
    session = Autosave({"PYBRIDGE_CONTEXTS": str(folder)}).load(warnings.append)
    assert warnings == []
    return session


def context(name: str, kind: str = "ManagedService") -> Context:
    return Context(name, Account(f"of {name}", kind), cloud(None), Subscription("id", "name"), None)


def test_nothing_is_saved_unless_it_is_asked_for(folder: Path) -> None:
    first = desk(folder)
    first.sign_in()
    assert first.session.autosave is False
    assert not folder.exists()
    with pytest.raises(Exception, match="Run Connect-AzureRmAccount"):
        desk(folder).call("get_context")


def test_the_next_session_begins_where_the_last_one_was(folder: Path) -> None:
    first = desk(folder)
    settings = first.call("enable_context_autosave")
    assert settings == ContextAutosaveSettings("CurrentUser", str(folder), CONTEXTS)
    first.sign_in(context_name="mine")
    second = desk(folder)
    assert (second.session.autosave, second.warnings) == (True, [])
    assert second.call("get_context").name == "mine"
    groups = second.call("list_resource_groups", context=second.call("get_context"))
    assert [group.resource_group_name for group in groups] == ["myResourceGroup"]


def test_what_is_there_when_it_is_turned_on_is_saved_too(folder: Path) -> None:
    first = desk(folder)
    first.sign_in(context_name="mine")
    first.call("enable_context_autosave")
    assert [one.name for one in saved(folder).contexts] == ["mine"]


def test_all_changes_are_saved(folder: Path) -> None:
    first = desk(folder)
    first.call("enable_context_autosave")
    first.sign_in(context_name="mine")
    first.call("rename_context", source_name="mine", target_name="ours")
    first.call("set_environment", name="Stack", resource_manager_url="https://arm.stack.example")
    session = saved(folder)
    assert ([one.name for one in session.contexts], list(session.environments)) == (["ours"], ["Stack"])
    first.call("remove_environment", name="Stack")
    first.call("disconnect_account")
    assert saved(folder) == Session()


def test_what_is_imported_is_added_to_what_was_saved(folder: Path, tmp_path: Path) -> None:
    first = desk(folder)
    first.call("enable_context_autosave")
    first.sign_in(context_name="mine")
    first.call("set_environment", name="Local", resource_manager_url="https://arm.local.example")
    given = wire.encode(context("theirs", "ServicePrincipal"))
    first.call("import_context", azure_context=given)
    assert [one.name for one in first.session.contexts] == ["theirs"]
    assert first.warnings[-1].startswith("The account 'of theirs'")
    assert [one.name for one in saved(folder).contexts] == ["mine"]
    assert set(saved(folder).environments) == {"Local"}
    other = desk(folder)
    other.sign_in(context_name="other")
    file = str(tmp_path / "contexts.json")
    other.call("save_context", path=file)
    third = desk(folder)
    third.call("import_context", path=file)
    assert [one.name for one in saved(folder).contexts] == ["mine", "other"]
    assert saved(folder).current == third.session.current


def test_the_scope_of_a_change_goes_before_the_setting(folder: Path) -> None:
    first = desk(folder)
    first.sign_in(context_name="mine", scope="CurrentUser")
    assert [one.name for one in saved(folder).contexts] == ["mine"]
    first.call("enable_context_autosave")
    first.call("disconnect_account", scope="Process")
    assert [one.name for one in saved(folder).contexts] == ["mine"]
    assert contexts.current(first.session) is None


def test_tokens_and_secrets_are_not_saved_and_the_caller_is_told(folder: Path) -> None:
    first = desk(folder)
    first.call("enable_context_autosave")
    token = first.emulator.mint()
    first.sign_in(parameter_set=TOKEN, identity=False, access_token=token, account_id="me", context_name="token")
    assert "not saved" in first.warnings[0]
    first.sign_in(managed_service_secret="HUSHHUSH", context_name="identity")
    assert [one.name for one in saved(folder).contexts] == ["identity"]
    text = "".join(path.read_text(encoding="ascii") for path in folder.iterdir())
    assert (token in text, "HUSHHUSH" in text) == (False, False)
    assert [one.name for one in first.session.contexts] == ["token", "identity"]


@pytest.mark.skipif(sys.platform == "win32", reason="rights are not told by a mode there")
def test_the_files_are_for_this_user_alone(folder: Path) -> None:
    desk(folder).call("enable_context_autosave")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


@pytest.mark.skipif(sys.platform == "win32", reason="rights are not told by a mode there")
def test_what_others_could_have_written_is_not_used(folder: Path) -> None:
    first = desk(folder)
    first.call("enable_context_autosave")
    first.sign_in()
    (folder / CONTEXTS).chmod(0o666)
    second = desk(folder)
    assert second.session.contexts == ()
    assert "can be written to by other users" in second.warnings[0]
    assert "PYBRIDGE_CONTEXTS" in second.warnings[0]


@pytest.mark.parametrize("damage", ["", "{", "[]", "x" * 5_000_000])
def test_a_damaged_file_is_a_warning_and_heals(folder: Path, damage: str) -> None:
    first = desk(folder)
    first.call("enable_context_autosave")
    (folder / CONTEXTS).write_text(damage, encoding="ascii")
    second = desk(folder)
    assert (second.session.contexts, len(second.warnings)) == ((), 1)
    assert "Clear-AzureRmContext" in second.warnings[0]
    second.sign_in()
    assert len(saved(folder).contexts) == 1


def test_turning_it_off_leaves_nothing_behind(folder: Path) -> None:
    first = desk(folder)
    first.call("enable_context_autosave")
    first.sign_in()
    assert first.call("disable_context_autosave") == ContextAutosaveSettings("Process")
    assert not (folder / CONTEXTS).exists()
    assert contexts.current(first.session) is not None
    assert contexts.current(desk(folder).session) is None


def test_a_session_may_do_otherwise_than_its_user(folder: Path) -> None:
    first = desk(folder)
    first.call("enable_context_autosave", scope="Process")
    first.sign_in(context_name="mine")
    assert [one.name for one in saved(folder).contexts] == ["mine"]
    assert desk(folder).session.contexts == ()  # the user has not turned it on
    assert first.call("get_context_autosave_setting").mode == "CurrentUser"
    assert first.call("get_context_autosave_setting", scope="CurrentUser").mode == "Process"
    first.call("disable_context_autosave", scope="Process")
    assert (folder / CONTEXTS).exists()


def test_clearing_asks_before_it_removes_what_was_saved(folder: Path) -> None:
    first = desk(folder)
    first.call("enable_context_autosave")
    first.sign_in()
    with pytest.raises(ConflictError) as caught:
        first.call("clear_contexts", scope="CurrentUser")
    assert "confirm" in caught.value.details
    assert first.call("clear_contexts", scope="CurrentUser", force=True, pass_thru=True) is True
    assert not (folder / CONTEXTS).exists()
    assert first.session == Session(autosave=True)
    assert first.call("clear_contexts") is None


def test_sessions_that_save_at_the_same_time_lose_nothing_of_each_other(folder: Path) -> None:
    autosave = Autosave({"PYBRIDGE_CONTEXTS": str(folder)})

    def save(number: int) -> None:
        for one in range(5):
            added = partial(contexts.add, context=context(f"{number}.{one}"))
            autosave.change(added)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(saved(folder).contexts) == 20


def test_a_change_that_does_not_apply_leaves_the_file_as_it_is(folder: Path) -> None:
    autosave = Autosave({"PYBRIDGE_CONTEXTS": str(folder)})
    autosave.change(lambda held: contexts.add(held, context("one")))
    autosave.change(lambda held: contexts.rename(held, "two", "three"))
    assert [one.name for one in saved(folder).contexts] == ["one"]


def test_no_folder_is_no_error_until_something_is_to_be_saved() -> None:
    nowhere = Desk(environ={"PYBRIDGE_CONTEXTS": "0"})
    nowhere.call("restore_session")
    nowhere.sign_in()
    with pytest.raises(ConfigurationError, match="PYBRIDGE_CONTEXTS"):
        nowhere.call("enable_context_autosave")


def test_a_relative_folder_is_a_warning_at_first() -> None:
    wrong = Desk(environ={"PYBRIDGE_CONTEXTS": "here"})
    wrong.call("restore_session")
    assert "not an absolute path" in wrong.warnings[0]
    assert wrong.session == replace(Session(), autosave=False)


@pytest.mark.parametrize(
    ("platform", "environ", "below"),
    [
        ("linux", {"HOME": "{}"}, ".config/pybridge/contexts"),
        ("linux", {"HOME": "{}", "XDG_CONFIG_HOME": "{}/x"}, "x/pybridge/contexts"),
        ("darwin", {"HOME": "{}"}, "Library/Application Support/pybridge/contexts"),
        ("win32", {"LOCALAPPDATA": "{}"}, "pybridge/contexts"),
        ("linux", {}, None),
        ("linux", {"PYBRIDGE_CONTEXTS": "0", "HOME": "{}"}, None),
        ("linux", {"PYBRIDGE_CONTEXTS": "{}/here"}, "here"),
    ],
)
def test_the_usual_places(platform: str, environ: dict[str, str], below: str | None, tmp_path: Path) -> None:
    filled = {name: value.format(tmp_path) for name, value in environ.items()}
    assert locate(filled, platform=platform) == (None if below is None else tmp_path / below)
