"""From tasks to a dataset folder: split, write the tasks, have the scenarios written.

Tasks that tell the same story are planned once, and `equal_stories.yaml` names the others; those
that tell nearly the same one stay in one split (families.py).

Train and smoke tasks get one scenario of each type that is asked for: of the default types if none
is named, of the types that a `kinds.yaml` in the folder adds as well. What is there already is
found by task and type, whatever its number. Test tasks get scenarios only where that is asked for:
without them they serve downstream, with them they are a second held-out set, for final reports.

A broken-off build goes on where it stopped. What a build writes is recorded (written.py), so a
rewrite knows the files that a person has edited since, and leaves them alone; what a person has
deleted is written again only where that is asked for.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, count
from operator import attrgetter
from pathlib import Path

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import DatasetError, InputError, one_line
from usersim_opt.basics.figures import ByRole, many, summed
from usersim_opt.basics.files import write_text, write_yaml
from usersim_opt.basics.layout import some
from usersim_opt.basics.parallel import as_finished
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.text import sha256
from usersim_opt.scenarios.authoring.author import TRIES, Draft, ScenarioAuthor
from usersim_opt.scenarios.authoring.families import Family, equal_stories, families
from usersim_opt.scenarios.authoring.orders import Order, WrittenFile, written_files
from usersim_opt.scenarios.authoring.written import Written
from usersim_opt.scenarios.dataset import MIN_SMOKE, Splits, scenario_data, split_tasks, task_data
from usersim_opt.scenarios.kinds import Kinds, Names, kinds_of
from usersim_opt.scenarios.languages import ENGLISH
from usersim_opt.scenarios.records import Scenario, Task, Tasks
from usersim_opt.scenarios.settings import FILE as SETTINGS_FILE

SPLITS_FILE = "splits.yaml"
EQUAL_FILE = "equal_stories.yaml"
"""By task, the sources of tasks that tell the same story: what was tuned on one has seen them."""


@dataclass(frozen=True)
class Plan:
    """What a build has to do: the split, the scenarios to write, and what it leaves alone.

    `unchanged` is the number of scenario files that stay as they are; of those, `edited` names the
    ones that a rewrite passes over because a person edited them. `deleted` names the ones that a
    build wrote and a person took out; `held_out` is the number of scenarios of the smoke split.
    """

    tasks: Sequence[Task]
    splits: Splits
    kinds: Kinds
    todo: Sequence[Order]
    unchanged: int
    edited: Sequence[str]
    families: Sequence[Family]
    equal: Mapping[str, Sequence[str]]
    """By task, the sources of those that were left out because they tell the same story."""
    deleted: Sequence[str] = ()
    held_out: int = MIN_SMOKE
    types: Sequence[str] = ()
    """The types that were asked for by name, now or before."""

    @visibly
    def __str__(self) -> str:
        return f"{self._told}; {len(self.todo)} scenarios to write"

    @property
    def _told(self) -> str:
        """How many tasks there are, and how many stories where these are fewer."""
        given = len(self.tasks) + sum(map(len, self.equal.values()))
        told = f"{given} tasks"
        if self.equal:
            told += f" hold {len(self.tasks)} different stories, and each is planned once"
        if len(self.families) < len(self.tasks):
            told += f"; nearly equal ones stay in one split, which leaves {len(self.families)}"
        return told

    def estimate(self, author: ScenarioAuthor) -> str:
        """The plan, and the least and the most calls of each role that it takes this author."""
        n = len(self.todo)
        calls = (
            f"{per_try * n} to {per_try * TRIES * n} {role} calls"
            for role, per_try in author.calls_per_try.items()
        )
        return "\n".join([", ".join([str(self), *calls]), *self._notes()])

    def _notes(self) -> Iterator[str]:
        """What somebody should know before anything is spent."""
        if self.deleted:
            yield (
                f"{many(len(self.deleted), 'scenario')} that an earlier build wrote and somebody "
                f"deleted: not written again ({some(self.deleted, most=4)}); --restore does so"
            )
        if self.held_out < MIN_SMOKE:
            yield (
                f"The smoke split will have {many(self.held_out, 'scenario')}; with fewer than "
                f"{MIN_SMOKE} no gain can be proven: give more tasks, a larger --smoke, or more "
                "--types"
            )


@dataclass(frozen=True)
class BuildReport:
    """What a build wrote, left as it was, and could not get from the author, with the reasons."""

    written: int
    plan: Plan
    failed: Mapping[str, tuple[str, ...]]
    calls: ByRole
    """Calls by role."""
    tokens: ByRole
    """Tokens by role."""
    written_tokens: ByRole = field(default_factory=dict)
    """Of the tokens those that were written, by role."""
    advised: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The linter's advice on what was written, by scenario."""

    @visibly
    def __str__(self) -> str:
        edited = (
            f"  {name}: was edited since it was written, left alone" for name in self.plan.edited
        )
        failed = (f"  {name}: {faults[0]}" for name, faults in self.failed.items())
        advised = (f"  {name}: {advice[0]}" for name, advice in self.advised.items())
        return "\n".join([self._summary(), *edited, *failed, *advised])

    def _summary(self) -> str:
        calls = ", ".join(f"{number} {role} calls" for role, number in self.calls.items())
        advised = f" ({len(self.advised)} of them with advice left)" if self.advised else ""
        return (
            f"{self.written} scenarios written{advised}, {self.plan.unchanged} left as they were, "
            f"{len(self.failed)} failed; {calls or '0 author calls'}"
        )


def plan_build(
    tasks: Sequence[Task],
    out: Path,
    *,
    seed: int = 0,
    smoke: int | None = None,
    rewrite: bool = False,
    restore: bool = False,
    types: Names = (),
    with_test: bool = False,
) -> Plan:
    """Look at the folder and say what is to be done.

    `types` are the names of the types to write, as `Kinds.choice` takes them; without any, those
    that were named for this folder before. `smoke` is the number of held-out tasks, as split_tasks
    takes it. With `rewrite` the files that are as a build wrote them are written again, under their
    ids: all of them, or those of `types`. With `restore` those that somebody has deleted are
    written, too. `with_test` writes scenarios for the test tasks, too. InputError for an unknown
    type.
    """
    kinds, written = kinds_of(out), Written.read(out)
    chosen = kinds.choice(types or written.types)
    groups = equal_stories(tasks)
    tasks = [group[0] for group in groups]
    kin = families(tasks)
    splits = split_tasks([task.id for task in tasks], seed=seed, smoke=smoke, families=kin)
    wanted = _tasks_to_fill(tasks, splits, with_test=with_test)
    files = [file for file in written_files(out) if file.task_id in wanted]
    done = [file for file in files if file.kind in kinds.types]
    redone = (chosen if types else kinds.types) if rewrite else ()
    touched = [file for file in done if file.kind in redone]
    again = [file for file in touched if written.has(file.id, file.digest)]
    missing = list(_missing(wanted.values(), files, kinds=kinds, chosen=chosen))
    deleted = [] if restore else [each.id for each in missing if each.id in written.hashes]
    new = [each for each in missing if each.id not in deleted]
    todo = _in_order(new, again, wanted)
    return Plan(
        tasks,
        splits,
        kinds,
        todo,
        unchanged=len(done) - len(again),
        edited=[file.id for file in touched if file not in again],
        families=kin,
        equal=_left_out(groups),
        deleted=deleted,
        held_out=_held_out(splits, done, new),
        types=written.with_types(types).types,
    )


def _in_order(new: Iterable[Order], again: Iterable[WrittenFile], tasks: Tasks) -> list[Order]:
    """What is to be written, new or again, by its ids."""
    return sorted([*new, *(file.order(tasks) for file in again)], key=attrgetter("id"))


def _left_out(groups: Iterable[Sequence[Task]]) -> dict[str, list[str]]:
    """By task, the sources of those that tell the same story and are not planned."""
    return {one.id: [task.source for task in others] for one, *others in groups if others}


def _held_out(splits: Splits, done: Iterable[WrittenFile], new: Iterable[Order]) -> int:
    """How many scenarios the smoke split has when the build is done."""
    tasks = [*(file.task_id for file in done), *(order.task.id for order in new)]
    return sum(task in splits["smoke"] for task in tasks)


def _tasks_to_fill(tasks: Iterable[Task], splits: Splits, *, with_test: bool) -> Tasks:
    """The tasks that get scenarios, by id."""
    used = {*splits["train"], *splits["smoke"], *(splits["test"] if with_test else ())}
    return {task.id: task for task in tasks if task.id in used}


def _missing(
    tasks: Iterable[Task], files: Iterable[WrittenFile], *, kinds: Kinds, chosen: Names
) -> Iterator[Order]:
    """An order for each chosen type of which a task has no scenario."""
    files_of = defaultdict(list)
    for file in files:
        files_of[file.task_id].append(file)
    for task in tasks:
        yield from _missing_of(task, files_of[task.id], kinds=kinds, chosen=chosen)


def _missing_of(
    task: Task, files: Iterable[WrittenFile], *, kinds: Kinds, chosen: Names
) -> Iterator[Order]:
    """The orders of one task, of which these are the files.

    The number of a scenario is the place of its type. Where that is taken, it is the next free one
    beyond all places, so that no other type loses its place.
    """
    types = {file.kind for file in files}
    taken = {file.number for file in files}
    for kind in chosen:
        if kind not in types:
            choices = chain([kinds.number(kind)], count(len(kinds.types) + 1))
            number = next(number for number in choices if number not in taken)
            taken.add(number)
            yield Order(task, kind, number)


def build_dataset(
    plan: Plan,
    author: ScenarioAuthor,
    out: Path,
    *,
    workers: int = 8,
    progress: Callable[[Draft], object] = lambda draft: None,
) -> BuildReport:
    """Carry out a plan; DatasetError if the folder holds other tasks or another split.

    InputError if the author knows other kinds than the folder. Each scenario is written when it is
    finished; on Ctrl-C those under way are waited for and written too.
    """
    _check_author(author, plan)
    _write_frame(plan, out)
    shelf = _Shelf(out, Written.read(out).with_types(plan.types))

    def keep(future: "Future[Draft]") -> None:
        draft = future.result()
        shelf.add(draft)
        progress(draft)

    with ThreadPoolExecutor(workers) as executor:
        futures = [executor.submit(_draft, author, order) for order in plan.todo]
        as_finished(futures, keep)
    return _report(plan, sorted(shelf.drafts, key=lambda draft: draft.id))


def _check_author(author: ScenarioAuthor, plan: Plan) -> None:
    if author.kinds != plan.kinds:
        raise InputError(
            "the author writes other types or dimensions than the folder's kinds.yaml and the "
            "standard kinds have; make it with kinds=plan.kinds"
        )


def _write_frame(plan: Plan, out: Path) -> None:
    """The splits and the tasks."""
    _write_once(out / SPLITS_FILE, {name: list(ids) for name, ids in plan.splits.items()})
    if plan.equal:
        _write_once(out / EQUAL_FILE, {name: list(found) for name, found in plan.equal.items()})
    language = plan.tasks[0].language
    if language != ENGLISH:
        _write_once(out / SETTINGS_FILE, {"language": language})
    for task in plan.tasks:
        _write_once(out / "tasks" / f"{task.id}.yaml", task_data(task))


@dataclass
class _Shelf:
    """Takes the drafts as they come and writes those that are scenarios."""

    out: Path
    written: Written
    drafts: list[Draft] = field(default_factory=list)

    def add(self, draft: Draft) -> None:
        """Note a draft and write its scenario, if it has one."""
        self.drafts.append(draft)
        if draft.scenario is not None:
            self._write(draft.scenario)

    def _write(self, scenario: Scenario) -> None:
        # The scenario goes first: after a crash in between, the file counts as edited and stays.
        # The other way round, the record would speak of a file that is not there.
        text = strict_yaml.dumps(scenario_data(scenario))
        write_text(self.out / "scenarios" / f"{scenario.id}.yaml", text)
        self.written.hashes[scenario.id] = sha256(text)
        self.written.save(self.out)


def _draft(author: ScenarioAuthor, order: Order) -> Draft:
    try:
        draft: Draft = author(task=order.task, kind=order.kind, number=order.number)
    except Exception as error:  # noqa: BLE001 - one failure is reported and the rest is built
        return Draft(order.id, None, (one_line(error),), calls={"author": 1}, tokens={})
    return draft


def _report(plan: Plan, drafts: Sequence[Draft]) -> BuildReport:
    failed = {draft.id: draft.faults for draft in drafts if draft.scenario is None}
    return BuildReport(
        len(drafts) - len(failed),
        plan,
        failed,
        calls=summed(draft.calls for draft in drafts),
        tokens=summed(draft.tokens for draft in drafts),
        written_tokens=summed(draft.written for draft in drafts),
        advised={draft.id: draft.advice for draft in drafts if draft.advice},
    )


def _write_once(path: Path, data: object) -> None:
    """Write a file unless it is there with the same content.

    Other content is somebody's work: DatasetError, and it is not touched.
    """
    if not path.exists():
        write_yaml(path, data)
    elif strict_yaml.load(path) != data:
        raise DatasetError(
            f"{path}: is there with other content; name another folder, or build with the tasks, "
            "--seed and --smoke that it was begun with"
        )
