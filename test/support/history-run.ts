/** What each act of a history does to its world. */
import * as assert from 'uvu/assert';
import { cancel } from '../../lib/apply/cancel.ts';
import { destroy } from '../../lib/apply/destroy.ts';
import { forget } from '../../lib/apply/forget.ts';
import { resumePlan } from '../../lib/apply/resume.ts';
import type { Desk } from '../../lib/apply/session.ts';
import { UserError } from '../../lib/errors.ts';
import { readLock } from '../../lib/state/lock.ts';
import type { Act, Death, Fault, Happening } from './history-acts.ts';
import type { Program } from './history-program.ts';
import { type End, verbsOf, type World } from './history-world.ts';

function fault({ target }: World, { fault }: { readonly fault: Fault }): void {
  if (fault === 'none') clearFaults(target);
  if (fault === 'blind') target.blind = true;
  if (fault === 'half-blind') for (const { key } of target.begun().slice(0, 1)) target.blindTo.add(key);
  if (fault === 'lags' || fault === 'empty') target.lag(fault === 'empty');
  if (fault === 'loses-answers') target.losesAnswers = true;
  if (fault === 'no-room') target.refusesStarts = true;
  if (fault === 'edited-file') for (const address of target.built.keys()) target.edited.add(address);
}

export function clearFaults(target: World['target']): void {
  target.blind = false;
  target.blindTo.clear();
  target.losesAnswers = false;
  target.refusesStarts = false;
  target.catchUp();
}

function happen({ target }: World, which: number, happens: Happening): void {
  const live = target.live();
  const one = live[which % Math.max(1, live.length)];
  if (!one) return;
  if (happens === 'retry') target.retry(one);
  else if (happens === 'wiped') target.runs.delete(one.key);
  else if (happens === 'queued') target.change(one.job, { state: 'queued' });
  else if (happens === 'lost') target.change(one.job, { state: 'lost' });
  else if (happens === 'checkpoint') target.change(one.job, { checkpoint: 3, step: 4 });
  else target.change(one.job, { state: 'ended', cause: happens });
}

type Command = (desk: Desk) => Promise<{ readonly exit: number } | undefined>;

async function command(world: World, death: Death | undefined, act: Command): Promise<End> {
  const { target } = world;
  const began = target.ledger.length;
  world.excuse();
  const end = await (death ? world.dying(death.at, death.elsewhere, act) : world.end(() => act(world.desk())));
  if (target.blind) assert.is(target.ledger.length, began, 'something was started on a guess');
  if (typeof end === 'number') await world.checkAllSaved();
  return end;
}

async function applyNow(world: World, act: Extract<Act, { do: 'apply' }>): Promise<void> {
  const asked = act.ask ? { asked: { [world.program.name]: act.ask } } : {};
  const plan = await world.plan({ ...asked, allowMove: act.move });
  for (const verb of Object.values(verbsOf(plan))) world.note(verb);
  const end = await command(world, act.dies, (desk) => world.apply(plan, desk, act.dies ? { parallelism: 1 } : {}));
  // A person may ask for less than is planned, and a look-up may not show yet what was started.
  if (end === 0 && !act.ask && !world.target.lags) await world.checkSettled();
}

/** A person's own command, by its address. */
const words = (world: World, desk: Desk) => ({
  stack: world.target.stack,
  target: world.target,
  desk,
  signal: new AbortController().signal,
});

async function resume(world: World, death: Death | undefined): Promise<void> {
  const { name } = world.program;
  await command(world, death, async (desk) => {
    const plan = resumePlan(await world.bench.planInput(world.wanted), name);
    return world.apply(plan, desk, { parallelism: 1 });
  });
}

/** Two commands at once: one is done, the other is refused, or finds nothing to do. */
async function race(world: World): Promise<void> {
  const plans = [await world.plan(), await world.plan({ allowMove: true })];
  await Promise.all(plans.map((plan) => world.end(() => world.apply(plan))));
}

/** One stands still at its k-th look while its lease runs out and another one works; then it goes on. */
async function sleep(world: World, at: number, change: Partial<Program>): Promise<void> {
  const { target } = world;
  const plan = await world.plan();
  let [looks, wake] = [0, () => {}];
  const awake = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const asleep = new Promise<void>((resolve) => {
    target.onCall = async (what) => {
      if (what !== 'find' || ++looks !== at) return;
      target.onCall = () => undefined;
      resolve();
      await awake;
    };
  });
  const desk = world.desk();
  const late = world.apply(plan, desk).then(
    ({ exit }) => exit as End,
    (caught: unknown) => caught,
  );
  const slept = await Promise.race([asleep.then(() => true), late.then(() => false)]);
  target.onCall = () => undefined;
  if (slept) await whileAsleep(world, change, wake, { desk, late });
  const end = await late;
  if (end instanceof Error && !(end instanceof UserError)) throw end;
}

async function whileAsleep(
  world: World,
  change: Partial<Program>,
  wake: () => void,
  { desk, late }: { readonly desk: Desk; readonly late: Promise<unknown> },
): Promise<void> {
  const { target } = world;
  const holding = readLock(world.folder);
  world.pass(61);
  world.program = { ...world.program, ...change };
  await world.end(async () => world.apply(await world.plan()));
  const taken = holding?.pid === desk.me.pid && readLock(world.folder)?.epoch !== holding.epoch;
  const [written, began] = [world.written(), target.ledger.length];
  wake();
  const end = await late;
  if (!taken) return;
  world.note('lock-lost');
  assert.ok(end instanceof UserError, `one that lost its lock ended with ${end}`);
  assert.is((end as UserError).findings[0]?.id, 'state/lock-lost');
  assert.equal(world.written(), written, 'one that lost its lock wrote');
  assert.is(target.ledger.length, began, 'one that lost its lock started a training');
}

async function forgetNow(world: World): Promise<void> {
  const begun = world.target.begun().map(({ key }) => key);
  await command(world, undefined, async (desk) => {
    await forget({ ...words(world, desk), address: world.program.name });
    // Nobody remembers them from here on.
    for (const key of begun) world.excused.add(key);
    return undefined;
  });
}

/** What a person types, or a machine does for one. */
async function type(world: World, act: Act): Promise<void> {
  const { name } = world.program;
  switch (act.do) {
    case 'apply':
      return applyNow(world, act);
    case 'resume':
      return resume(world, act.dies);
    case 'cancel':
      await command(world, act.dies, (desk) => cancel({ ...words(world, desk), run: name, save: true }));
      break;
    case 'destroy':
      await command(world, act.dies, (desk) =>
        destroy({ ...words(world, desk), emit: () => undefined, results: [name] }),
      );
      break;
    case 'forget':
      return forgetNow(world);
    case 'save':
      world.saved = await world.plan({ allowMove: true });
      break;
    case 'apply-saved': {
      const { saved } = world;
      if (saved) await command(world, act.dies, (desk) => world.apply(saved, desk, { parallelism: 1 }));
      break;
    }
    case 'race':
      return race(world);
    case 'sleep':
      return sleep(world, act.at, act.change);
  }
}

export async function run(world: World, act: Act): Promise<void> {
  world.pass(1);
  switch (act.do) {
    case 'edit':
      world.program = { ...world.program, ...act.change };
      break;
    case 'unlock':
      world.unlock();
      break;
    case 'job':
      happen(world, act.which, act.happens);
      break;
    case 'fault':
      fault(world, act);
      break;
    case 'clock':
      world.setClock(act.seconds);
      break;
    case 'pass':
      world.pass(act.seconds);
      break;
    default:
      await type(world, act);
  }
}
