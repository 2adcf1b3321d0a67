// Generated from js/ by `npm run dts`. Do not edit.
/// <reference lib="esnext.disposable" />

import { Answer, AskOptions, Asks, Call, CallOptions, Context, Definition, Down, Exit, ExitReason, Pid, ReasonGiven, ReplyTo, RumpusError, Runtime, RuntimeOptions, Self, SpawnOptions, StoreKey, StoreKey as StoreKey$1, StoreKeyPart, StorePattern, StorePattern as StorePattern$1, StoreTransfer, anything } from "./index.js";

// js/otp/actions.d.ts
/** Stands for no reply: the caller is answered later. */
declare class NoReply {
  /** Tells it from other answers. */
  readonly type = "no-reply";
}
/** What a callback asks for behind it. */
declare class Action {
  /** What for. */
  readonly kind: "stop" | "continue" | "hibernate";
  /** The reason, or what to go on with. */
  readonly what: unknown;
  /** What the caller is answered, unless that is `noReply`. */
  readonly answer: unknown;
  constructor(kind: Action["kind"], what: ReasonGiven | unknown, answer: unknown);
}
/** A message for `handleCast`, as {@link cast} sends it. */
interface Cast<Message = unknown> {
  /** Tells it from other messages. */
  readonly type: "cast";
  /** What was cast. */
  readonly message: Message;
  /** Of what work it is a part, if whoever cast it has said so. */
  readonly context?: Context;
}
/** The pid of a server: whom it is for to ask `Request`s, to tell `Casting`s, and to send `Info`s. */
type ServerPid<Request = unknown, Casting = unknown, Info = never> = Pid<Call<Request, ReplyOf<Request>> | Cast<Casting> | Info>;
/** What a request is answered with. */
type ReplyOf<Request> = Request extends Asks<infer Reply, unknown> ? Reply : unknown;
/** What `handleCall` may answer. */
type Handled<Request> = ReplyOf<Request> | NoReply | Action | PromiseLike<ReplyOf<Request> | NoReply | Action>;
/** What the other callbacks may answer: nothing, or an action. */
type Done = void | undefined | Action | PromiseLike<void | undefined | Action>;
/**
* A process that answers questions one after the other and keeps state between them: fields of a class that extends this.
*
* Override what you need. A callback may be async or not: one that is not costs no promise. While one runs, the next message
* waits. What a callback throws ends the server with that error, and whoever waits for an answer hears of it at once.
*
* Not for a value that nobody else changes, which is a variable, nor for work that is done once, which is a plain body.
*
* @example
* ```ts
* import { type Asks, run } from 'rumpus'
* import { cast, Server, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* type Take = Asks<number, { type: 'take' }>
* type Peek = Asks<string, { type: 'peek' }>
*
* class Counter extends Server<Take | Peek, number> {
*   count = 0
*   override init(first: number) {
*     this.count = first
*   }
*   override handleCall(request: Take | Peek) {
*     return request.type === 'take' ? this.count++ : `${this.count}`
*   }
*   override handleCast(more: number) {
*     this.count += more
*   }
* }
*
* await run(async (self) => {
*   const counter = await startServer(self, Counter, { args: [5] })
*   const taken: number = await self.call(counter, { type: 'take' })
*   cast(counter, 10)
*   assert.equal(taken, 5)
*   assert.equal(await self.call(counter, { type: 'peek' }), '16')
* })
* ```
*/
declare class Server<Request = unknown, Casting = unknown, Info = never> {
  #private;
  /** The process it is, as bodies have it: to send, monitor, spawn. Do not receive by it: what comes is for the callbacks. */
  get self(): Self<Info>;
  /**
  * Called first, with the arguments of the start; who starts it waits until it is over. What it throws is why the start fails.
  *
  * @param _args - what was given as `args`
  */
  init(..._args: never[]): Done;
  /**
  * Answers a question: what it returns, or resolves to, is the reply.
  *
  * @param request - the question
  * @param _from - for `reply`, if it answers {@link noReply}
  */
  handleCall(request: Request, _from: ReplyTo<ReplyOf<Request>>): Handled<Request>;
  /**
  * Takes what was {@link cast}.
  *
  * @param message - what
  */
  handleCast(message: Casting): Done;
  /**
  * Takes any other message: what was sent by `send` or a timer, a `Down`, an `Exit`. Unless overridden it is dropped, with a crash
  * report that says so.
  *
  * @param message - what
  */
  handleInfo(message: Info | Down | Exit): Done;
  /**
  * Goes on with what a callback has left for later by {@link continueWith}, before any other message.
  *
  * @param _what - what it was given
  */
  handleContinue(_what: unknown): Done;
  /**
  * Called last, unless it was killed or its thread has died: it stops, a callback threw, or it was told to end. In the last case
  * whatever it asks of `self` throws, unless it traps exits, and it has 5 s. What it throws is reported.
  *
  * @param _reason - why it ends
  */
  terminate(_reason: ExitReason): void | PromiseLike<void>;
}
/**
* Answer of `handleCall`: the caller is answered later, by `reply` with its `from`, from wherever.
*
* @example
* ```ts
* import { reply, run } from 'rumpus'
* import { noReply, Server, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Gate extends Server {
*   waiting = []
*   handleCall(request, from) {
*     if (request === 'wait') this.waiting.push(from)
*     else for (const one of this.waiting.splice(0)) reply(one, 'go')
*     return request === 'wait' ? noReply : 'opened'
*   }
* }
*
* await run(async (self) => {
*   const gate = await startServer(self, Gate)
*   const waiter = self.spawn(async (me) => assert.equal(await me.call(gate, 'wait'), 'go'))
*   await self.yield()
*   assert.equal(await self.call(gate, 'open'), 'opened')
* })
* ```
*/
declare const noReply: NoReply;
/**
* Answer of a callback: the server ends for `reason`, after `terminate`. From `handleCall` with a second argument, that is replied
* first; without one the caller hears of the end.
*
* @param reason - why, as `exit` has it; `'normal'` unless given
* @param answer - for the caller
* @example
* ```ts
* import { run } from 'rumpus'
* import { Server, startServer, stopWith } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Once extends Server {
*   handleCall = () => stopWith('normal', 'bye')
* }
*
* await run(async (self) => {
*   const once = await startServer(self, Once)
*   assert.equal(await self.call(once, 'hello'), 'bye')
*   await assert.rejects(self.call(once, 'hello'), { code: 'ERR_RUMPUS_NOPROC' })
* })
* ```
*/
declare const stopWith: (reason?: ReasonGiven, answer?: unknown) => Action;
/**
* Answer of a callback: `handleContinue` is called with `what` before any other message. From `init` it is how to do slowly what
* who starts the server need not wait for; from `handleCall` its second argument is the reply.
*
* @param what - for `handleContinue`
* @param answer - for the caller
* @example
* ```ts
* import { run } from 'rumpus'
* import { continueWith, Server, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Cache extends Server {
*   init = () => continueWith('fill')
*   async handleContinue() {
*     await this.self.sleep(1)
*     this.full = true
*   }
*   handleCall = () => this.full
* }
*
* await run(async (self) => {
*   const cache = await startServer(self, Cache)
*   assert.equal(await self.call(cache, 'full?'), true)
* })
* ```
*/
declare const continueWith: (what: unknown, answer?: unknown) => Action;
/**
* Answer of a callback that expects no message for long: the room that the inbox took is given back first, as by `self.hibernate`.
*
* @param answer - for the caller, from `handleCall`
* @example
* ```ts
* import { run } from 'rumpus'
* import { hibernate, Server, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Seldom extends Server {
*   handleCall = (request) => hibernate(request)
* }
*
* await run(async (self) => {
*   assert.equal(await self.call(await startServer(self, Seldom), 'asked'), 'asked')
* })
* ```
*/
declare const hibernate: (answer?: unknown) => Action;
/** A body, whatever its process takes. */
type AnyBody = (self: never, ...args: never[]) => unknown;
/** A class of servers. */
type ServerClass<Request = never, Casting = never, Info = never> = new () => Server<Request, Casting, Info>;
/** Callbacks in an object, as {@link Server} has them; `this` is the server. */
type Callbacks<Request = unknown, Casting = unknown, Info = never> = Partial<Omit<Server<Request, Casting, Info>, "self" | "init">> & {
  /** As of {@link Server}. */init?(...args: never[]): unknown;
} & ThisType<Server<Request, Casting, Info> & Record<string, unknown>>;
/** A server that any scheduler can start, as {@link defineServer} makes it. */
type ServerDefinition<Request = unknown, Casting = unknown, Info = never> = Definition<Call<Request> | Cast<Casting> | Info, readonly unknown[]>;
/** How a server is started. */
interface StartOptions extends Pick<SpawnOptions, "on" | "name" | "priority" | "mailbox">, CallOptions {
  /** For `init`. */
  readonly args?: readonly unknown[];
  /** Whether it is linked to the process that starts it, once it has started; it is, unless this is false or no process starts it. */
  readonly link?: boolean;
}
/**
* Starts a server and answers its pid when its `init` is over. The process that starts it is parked meanwhile, and linked to it from
* then on; a start that fails takes nobody along.
*
* For one server that belongs to this process. Many that are to be started anew when they crash belong to a supervisor.
*
* @param parent - the process that starts it, or the runtime for a server of ordinary code
* @param what - a class that extends {@link Server}, an object of callbacks, or what {@link defineServer} or `via` answered
* @param options - arguments, name, place, and how long its `init` may take: 5000 ms unless given
* @returns the pid
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, and what `spawn` throws; rejects with RumpusError `ERR_RUMPUS_INIT` if `init` throws or
* stops, `cause` being the exit reason, and with TimeoutError or AbortError: then it has been killed
* @example
* ```ts
* import { run } from 'rumpus'
* import { startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   const greeter = await startServer(self, {
*     init(greeting) {
*       this.greeting = greeting
*     },
*     handleCall(name) {
*       return `${this.greeting}, ${name}`
*     },
*   }, { args: ['Hello'] })
*   assert.equal(await self.call(greeter, 'Ada'), 'Hello, Ada')
* })
* ```
*/
declare const startServer: <Request = unknown, Casting = unknown, Info = never>(parent: Self<never> | Runtime | {
  readonly pid: Pid<never>;
}, what: (new () => Server<Request, Casting, Info>) | Callbacks<Request, Casting, Info> | ServerDefinition<Request, Casting, Info> | AnyBody, options?: StartOptions) => Promise<ServerPid<Request, Casting, Info>>;
/**
* Defines a server under `name` in the module `url`, so that any scheduler can start it: see `define`, whose rules are the same.
*
* @param url - `import.meta.url`
* @param name - unique in the module
* @param what - a class that extends {@link Server}, or an object of callbacks
* @returns the definition, for {@link startServer} and as a child of supervisors
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` as `define` does
* @example
* ```ts
* import { run } from 'rumpus'
* import { defineServer, Server, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Squares extends Server {
*   handleCall = (n) => n * n
* }
* const squares = defineServer(import.meta.url, 'squares', Squares)
*
* await run(async (self) => {
*   const there = await startServer(self, squares, { on: 1 })
*   assert.equal(await self.call(there, 7), 49)
* })
* ```
*/
declare const defineServer: <Request = unknown, Casting = unknown, Info = never>(url: string, name: string, what: (new () => Server<Request, Casting, Info>) | Callbacks<Request, Casting, Info>) => ServerDefinition<Request, Casting, Info>;
/**
* Tells a server something: `handleCast` takes it, and nothing comes back. As `send`, it never waits, nor tells whether the server lives.
*
* @param to - a server, or its name
* @param message - what; as with `send`
* @param options - `context`: of what work it is a part
* @throws what `send` throws
* @example
* ```ts
* import { run } from 'rumpus'
* import { cast, getState, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   const last = await startServer(self, {
*     handleCast(message) {
*       this.last = message
*     },
*   })
*   cast(last, 'news')
*   assert.deepEqual(await getState(last), { last: 'news' })
* })
* ```
*/
declare const cast: <Casting>(to: Pid<Cast<Casting>> | string, message: Casting, options?: {
  readonly context?: Context | undefined;
}) => void;
/** What became of one question of {@link callMany}. */
type Outcome<Reply> = {
  readonly to: Pid | string;
  readonly reply: Reply;
} | {
  readonly to: Pid | string;
  readonly error: Error;
};
/**
* Asks many servers the same at once and answers what became of each, in their order; never rejects for one of them. All have the
* same time. In a body give it `self.signal`, so that it ends with the process.
*
* @param to - whom: pids or names
* @param request - what
* @param options - as of `call`
* @throws what `call` throws at the call
* @example
* ```ts
* import { run } from 'rumpus'
* import { callMany, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   const double = await startServer(self, { handleCall: (n) => n * 2 })
*   const [one, two] = await callMany([double, 'nobody'], 21)
*   assert.equal(one.reply, 42)
*   assert.equal(two.error.code, 'ERR_RUMPUS_NOPROC')
* })
* ```
*/
declare const callMany: <Request, Reply, const Asked extends Request = Request>(to: readonly (Pid<Call<Request, Reply>> | string)[], request: Asked, options?: AskOptions) => Promise<Outcome<Answer<Asked, Request, Reply>>[]>;
/** Functions of an agent by name: each is given the value and what else its caller says. */
type AgentFunctions<State> = Readonly<Record<string, (state: State, ...args: never[]) => unknown>>;
/** An agent that any scheduler can start, as {@link defineAgent} makes it. */
type AgentDefinition<State> = ServerDefinition<AgentRequest, AgentRequest> & {
  readonly state?: (state: State) => void;
};
/** What is asked of an agent. */
interface AgentRequest {
  /** What for. */
  readonly agent: "get" | "update" | "get-and-update";
  /** A function, or the name of one. */
  readonly what: unknown;
  /** What it is given behind the value. */
  readonly args: readonly unknown[];
}
/** How a function is brought to an agent. */
interface AgentOptions extends CallOptions {
  /** For the function, behind the value. */
  readonly args?: readonly unknown[];
}
/**
* An agent as a child of a supervisor, to be given as `start`; its `args` are those of `initial`.
*
* @param initial - answers the value that it begins with, and with which it begins anew
* @param functions - functions that others may name
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { run } from 'rumpus'
* import { Agent, agent, startSupervisor } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   await startSupervisor(self, { children: [{ id: 'hits', name: 'hits', start: agent(() => 0, { add: (n, more) => n + more }) }] })
*   const hits = new Agent('hits')
*   await hits.update('add', { args: [5] })
*   assert.equal(await hits.get((n) => n), 5)
* })
* ```
*/
declare const agent: <State>(initial: (...args: never[]) => State | PromiseLike<State>, functions?: AgentFunctions<State>) => ServerClass<AgentRequest, AgentRequest>;
/**
* Defines an agent under `name` in the module `url`, so that any scheduler can start it, and with it the functions that may be named
* from everywhere: see `define`, whose rules are the same.
*
* @param url - `import.meta.url`
* @param name - unique in the module
* @param initial - answers the value that it begins with; given the `args` of its start
* @param functions - what others may do with the value
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` as `define` does
* @example
* ```ts
* import { run } from 'rumpus'
* import { Agent, defineAgent } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* const words = defineAgent(import.meta.url, 'words', (...first) => new Set(first), {
*   add: (set, word) => set.add(word),
*   size: (set) => set.size,
* })
*
* await run(async (self) => {
*   const there = await Agent.start(self, words, { args: ['a'], on: 1 })
*   await there.update('add', { args: ['b'] })
*   assert.equal(await there.get('size'), 2)
*   assert.throws(() => there.get((set) => set.size), { code: 'ERR_RUMPUS_UNCROSSABLE' })
* })
* ```
*/
declare const defineAgent: <State>(url: string, name: string, initial: (...args: never[]) => State | PromiseLike<State>, functions: AgentFunctions<State>) => AgentDefinition<State>;
/**
* A value in a process of its own, by its pid or name: others read and change it by functions, one after the other.
*
* For a value that several processes share and that needs no rules of its own. Where it has rules, write a {@link Server}: its requests
* have names and its state is nobody else's. A function that works for long keeps all others waiting.
*
* @example
* ```ts
* import { run } from 'rumpus'
* import { Agent } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   const counter = await Agent.start(self, () => 0)
*   counter.cast((n) => n + 1)
*   await counter.update((n) => n * 10)
*   assert.equal(await counter.getAndUpdate((n) => [n, n + 1]), 10)
*   assert.equal(await counter.get((n) => n), 11)
* })
* ```
*/
declare class Agent<State = unknown> {
  /** Its pid or name: what to hand to others, who make one of these of it. */
  readonly to: Pid<Call<AgentRequest>> | string;
  /**
  * @param to - a pid or a name
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
  */
  constructor(to: Pid<never> | string);
  /**
  * Starts an agent; it belongs to whoever starts it, as a server does.
  *
  * @param parent - the process that starts it, or the runtime
  * @param what - a function that answers the value it begins with, or what {@link defineAgent} or {@link agent} answered
  * @param options - as of `startServer`
  * @throws as `startServer`
  */
  static start<State>(parent: Self<never> | Runtime | {
    readonly pid: Pid<never>;
  }, what: ((...args: never[]) => State | PromiseLike<State>) | AgentDefinition<State> | ServerClass<AgentRequest, AgentRequest>, options?: StartOptions): Promise<Agent<State>>;
  /**
  * What `what` answers of the value.
  *
  * @param what - a function, given the value and then `options.args`, or the name of one; on another scheduler only a name
  * @param options - as of `call`; what else the function is given
  * @throws UncrossableError for a function, or arguments, that cannot go there; rejects as `call` does, and with what the function throws
  */
  get<Answer = unknown>(what: ((state: State, ...args: never[]) => Answer | PromiseLike<Answer>) | string, options?: AgentOptions): Promise<Answer>;
  /**
  * Changes the value: it is what `what` answers from then on.
  *
  * @param what - as of {@link Agent.get}
  * @param options - as of {@link Agent.get}
  * @throws as {@link Agent.get}; if the function throws the agent ends, and this rejects with `ERR_RUMPUS_DOWN`
  */
  update(what: ((state: State, ...args: never[]) => State | PromiseLike<State>) | string, options?: AgentOptions): Promise<void>;
  /**
  * Changes the value and answers something: `what` answers both, `[answer, value]`.
  *
  * @param what - as of {@link Agent.get}
  * @param options - as of {@link Agent.get}
  * @throws as {@link Agent.update}; rejects with TypeError `ERR_RUMPUS_BAD_ARGUMENT` if the function answers something else, and then
  * the value stays
  */
  getAndUpdate<Answer = unknown>(what: ((state: State, ...args: never[]) => readonly [Answer, State] | PromiseLike<readonly [Answer, State]>) | string, options?: AgentOptions): Promise<Answer>;
  /**
  * Changes the value without a wait or a word of how that went.
  *
  * @param what - as of {@link Agent.get}
  * @param options - what else the function is given
  * @throws as {@link Agent.get} does at the call
  */
  cast(what: ((state: State, ...args: never[]) => State | PromiseLike<State>) | string, options?: Pick<AgentOptions, "args">): void;
  /**
  * Ends the agent when it has done what waits; resolves when it has ended.
  *
  * @param options - as of `call`
  * @throws as `stopServer`
  */
  stop(options?: CallOptions): Promise<void>;
  private ask;
  /** The request; none if a function was to go to an agent that has ended. */
  private request;
  /** Whether a function can go there. What has ended lives nowhere: that it is asked is no mistake. */
  private isHere;
}
/** How long to wait before a restart. */
interface Backoff {
  /** Before the first in a row, in milliseconds; each further one waits twice as long. */
  readonly first: number;
  /** No longer than this. A child that has lived for as long begins with `first` again. */
  readonly most: number;
  /** The share of it that chance may take away, 0 to 1; 0.5 unless given, so that not all come back at once. */
  readonly jitter?: number;
  /** Chance, from 0 up to 1; `Math.random` unless given. */
  readonly random?: () => number;
}
/** What a child can be. */
type Startable = ServerClass<any, any, any> | Callbacks<any, any, any> | AnyBody | StartableDefinition;
/** A definition of a body, a server or a supervisor. */
interface StartableDefinition {
  /** The module that has it. */
  readonly url: string;
  /** Its name there. */
  readonly name: string;
  /** What it runs. */
  readonly body: (self: never, ...args: never) => unknown;
  /** What `with` has given it. */
  readonly options: SpawnOptions;
}
/** One child of a supervisor. */
interface ChildSpec extends Pick<SpawnOptions, "on" | "name" | "priority" | "mailbox"> {
  /** What it is called in its supervisor. A dynamic supervisor knows its children by their pids and needs none. */
  readonly id?: string;
  /**
  * What it is: a class that extends `Server` or an object of callbacks, a closure, a definition, or what `supervisor` answered. A
  * definition is started where there is room unless `on` says otherwise, and so somewhere else when its thread has died.
  */
  readonly start: Startable;
  /** For `init`, or for the body behind `self`. */
  readonly args?: readonly unknown[];
  /**
  * When it is started anew: `'permanent'`, always, unless given; `'transient'`, if it ended other than normally or by a shutdown;
  * `'temporary'`, never, and it is forgotten.
  */
  readonly restart?: "permanent" | "transient" | "temporary";
  /**
  * How it is ended: it is asked to, and killed so many milliseconds later, 5000 unless given; Infinity: never, which is so for
  * supervisors unless given; `'brutal'`: killed at once.
  */
  readonly shutdown?: number | "brutal";
  /** How long its `init` may take, in milliseconds; 5000 unless given, Infinity for supervisors. */
  readonly startTimeout?: number;
  /** Whether its end by itself may end the supervisor, see `autoShutdown`. Not for one that is permanent. */
  readonly significant?: boolean;
}
/** How a supervisor is. */
interface SupervisorOptions {
  /**
  * Who is restarted when one child must be: that one (`'one_for_one'`, unless given), all (`'one_for_all'`), or it and those that
  * were started after it (`'rest_for_one'`). `'dynamic'`: that one, and children come by `startChild` only, as many as you like.
  */
  readonly strategy?: "one_for_one" | "one_for_all" | "rest_for_one" | "dynamic";
  /** In the order in which they are started; they are ended in reverse. */
  readonly children?: readonly ChildSpec[];
  /** Restarts, of all children together, within {@link SupervisorOptions.within}; with one more it gives up and ends. 1 unless given. */
  readonly maxRestarts?: number;
  /** In milliseconds; 5000 unless given. */
  readonly within?: number;
  /** How long to wait before a restart; not at all unless given. */
  readonly backoff?: Backoff;
  /** Of a dynamic supervisor: how many children at most; Infinity unless given. */
  readonly maxChildren?: number;
  /**
  * Whether it ends, with `'shutdown'`, when significant children have ended by themselves: `'never'`, unless given; when one has
  * (`'any_significant'`), when the last has (`'all_significant'`).
  */
  readonly autoShutdown?: "never" | "any_significant" | "all_significant";
}
/** A spec as a supervisor keeps it. */
interface Kept {
  readonly id: string | undefined;
  /** A body, or what names a definition. */
  readonly what: AnyBody | {
    readonly url: string;
    readonly name: string;
    readonly options: SpawnOptions;
  };
  /** It says when it has started. */
  readonly starts: boolean;
  readonly isSupervisor: boolean;
  readonly args: readonly unknown[];
  readonly restart: "permanent" | "transient" | "temporary";
  readonly shutdown: number | "brutal";
  readonly startTimeout: number;
  readonly significant: boolean;
  readonly options: Pick<SpawnOptions, "on" | "name" | "priority" | "mailbox">;
}
/**
* A value that no log, no JSON and no inspector shows: a password out of a configuration. It crosses to other schedulers as what it is,
* where `rumpus/otp` is imported.
*
* For what must reach the one call that needs it. It is not encrypted: whoever has it can {@link Secret.reveal} it.
*
* @example
* ```ts
* import { Secret } from 'rumpus/otp'
* import assert from 'node:assert/strict'
* import { inspect } from 'node:util'
*
* const password = new Secret('hunter2')
* assert.equal(`${password} ${JSON.stringify({ password })} ${inspect(password)}`, '[secret] {"password":"[secret]"} [secret]')
* assert.equal(password.reveal(), 'hunter2')
* ```
*/
declare class Secret<T = string> {
  #private;
  constructor(value: T);
  /** The value. */
  reveal(): T;
  /** `'[secret]'`. */
  toString(): string;
  /** `'[secret]'`. */
  toJSON(): string;
}
/** What every field of a configuration may say. */
interface FieldOf<Type extends string, Value> {
  /** What it is. A `'list'` is of strings, with commas between them in an environment variable. */
  readonly type: Type;
  /** Its value where none is given. */
  readonly default?: Value;
  /** Whether it may be left out; then it is `undefined`. */
  readonly optional?: boolean;
  /** The environment variable that overrides what is given. One that is empty counts as not set. */
  readonly env?: string;
  /** Whether it is wrapped into a {@link Secret}, and no mistake shows it. */
  readonly secret?: boolean;
  /** Says what is wanted, if the value is not that; nothing if it is fine. */
  readonly check?: (value: Value) => string | undefined;
}
/** One field of a configuration. */
type ConfigField = (FieldOf<"string", string> & {
  /** The values that it may have. */readonly oneOf?: readonly string[];
}) | (FieldOf<"number" | "integer", number> & {
  /** The values that it may have. */readonly oneOf?: readonly number[]; /** The least that it may be. */
  readonly min?: number; /** The most that it may be. */
  readonly max?: number;
}) | FieldOf<"boolean", boolean> | FieldOf<"list", readonly string[]>;
/** What a configuration is like: fields by their names, and groups of fields. */
interface ConfigShape {
  readonly [name: string]: ConfigField | ConfigShape;
}
interface Types {
  readonly string: string;
  readonly number: number;
  readonly integer: number;
  readonly boolean: boolean;
  readonly list: readonly string[];
}
type Plain<Field> = Field extends {
  readonly oneOf: readonly (infer Value)[];
} ? Value : Field extends {
  readonly type: infer Type extends keyof Types;
} ? Types[Type] : never;
type Wrapped<Field> = Field extends {
  readonly secret: true;
} ? Secret<Plain<Field>> : Plain<Field>;
type ValueOf<Field> = Field extends {
  readonly optional: true;
} ? Wrapped<Field> | undefined : Wrapped<Field>;
/** A configuration of that shape, as an application is given it. */
type ConfigOf<Shape> = { readonly [Name in keyof Shape]: Shape[Name] extends {
  readonly type: string;
} ? ValueOf<Shape[Name]> : ConfigOf<Shape[Name]> };
/** What an application may ask of the process that looks after it: questions, waits, its pid and its runtime. */
type ApplicationSelf = Pick<Self<never>, "pid" | "runtime" | "call" | "sleep">;
/** What the callbacks of an application are given beside that. */
interface ApplicationContext<Config> {
  /** Its configuration, read and frozen. */
  readonly config: Config;
  /** Aborts when what runs has no more time: a start that is not wanted any more, a `drain` or `stop` whose deadline is over. */
  readonly signal: AbortSignal;
  /** All that were started together. */
  readonly applications: Applications;
  /** Says that the application is ready, or is not any more. Before its top process has started it waits for that. */
  ready(isReady?: boolean): void;
}
/** One application: a part of a program that is started and stopped as one. */
interface ApplicationSpec<Shape extends ConfigShape = ConfigShape> {
  /** What it is called, unique among those that are started together. */
  readonly name: string;
  /** The names of those that must be ready before it starts; it is stopped before they are. */
  readonly needs?: readonly string[];
  /**
  * What its end means, as in OTP: `'permanent'`, unless given: whenever it ends by itself, all others are stopped; `'transient'`: unless
  * its reason is normal; `'temporary'`: it is told, and the others go on. An application is never started anew: that is the business
  * of its supervisors.
  */
  readonly type?: "permanent" | "transient" | "temporary";
  /** What its configuration is like. */
  readonly config?: Shape;
  /**
  * Whether it is ready as soon as its top process has started (`'started'`, unless given), or when it says so by `context.ready()`
  * (`'told'`).
  */
  readonly readiness?: "started" | "told";
  /** How long it may take from its start until it is ready, in milliseconds: 60 000 unless given, Infinity for as long as it takes. */
  readonly startTimeout?: number;
  /**
  * Answers what its top process is: the options of a supervisor, or a body, whose end is that of the application. What it throws
  * is why the application could not start.
  */
  start(self: ApplicationSelf, context: ApplicationContext<ConfigOf<Shape>>): Top | PromiseLike<Top>;
  /** Called first when it is to stop, while everything in it still runs: takes nothing new, and resolves when what is under way is done. */
  drain?(self: ApplicationSelf, context: ApplicationContext<ConfigOf<Shape>>): unknown;
  /** Called last, when its top process has ended, for whatever reason: gives back what `start` has taken. */
  stop?(self: ApplicationSelf, context: ApplicationContext<ConfigOf<Shape>>): unknown;
}
/** The top of an application: a supervisor, by its options, or a body. */
type Top = SupervisorOptions | AnyBody;
/** An application, whatever its configuration is like. */
type Application = ApplicationSpec<any>;
/** How one application stands. */
interface ApplicationView {
  /** Its name. */
  readonly name: string;
  /**
  * `'waiting'`: for those it needs; `'starting'`; `'running'`; `'stopping'`; `'stopped'`: as it was asked to, or normally by itself, or
  * never started; `'crashed'`: it ended by itself when it should not, or did not start.
  */
  readonly state: "waiting" | "starting" | "running" | "stopping" | "stopped" | "crashed";
  /** Whether it is. */
  readonly ready: boolean;
}
/** How all stand: what a health endpoint answers. */
interface Health {
  /** Whether each is ready, or has ended normally by itself, and none is being stopped. */
  readonly ready: boolean;
  /** Whether they are to stop, or have. */
  readonly stopping: boolean;
  /** Each, in the order in which they were given. */
  readonly applications: readonly ApplicationView[];
}
/** What became of applications. */
interface ApplicationOutcome {
  /** For `process.exitCode`: 0 only if each has stopped in its time and nothing has crashed. */
  readonly code: number;
  /**
  * Why they were to stop: a signal; `'stop'`, by a call; `'exit'`, with who started them; `'crash'`, by one of them. Nothing if all have
  * ended normally by themselves.
  */
  readonly asked: string | undefined;
  /** Those that crashed, in that order. */
  readonly crashed: readonly string[];
  /** Those that were killed, because the deadline was over or a second signal came. */
  readonly killed: readonly string[];
  /** Crash reports from the moment on at which they were asked to stop, as the host hears them: 0 where a scheduler thread started them. */
  readonly crashes: number;
}
/** Applications that were started together, as the thread that started them holds them. */
interface Applications extends AsyncDisposable {
  /** How they stand, at once. On another scheduler: `call(name, 'health')` to the name that was given to `startApplication`. */
  health(): Health;
  /**
  * Resolves when an application is ready, or all are: at once if so.
  *
  * Throws RangeError `ERR_RUMPUS_OUT_OF_RANGE` for a name that none has. Rejects with RumpusError `ERR_RUMPUS_NOT_READY` if it never will
  * be, and as `call` does.
  *
  * @param name - whose; all unless given
  * @param options - how long to wait: as long as it takes unless given
  */
  whenReady(name?: string, options?: {
    readonly timeout?: number;
    readonly signal?: AbortSignal;
  }): Promise<void>;
  /** Stops all in good order, within the deadline. Resolves as {@link Applications.over}; what is a part of them must not wait for that. */
  stop(): Promise<ApplicationOutcome>;
  /** Resolves when none runs any more. Never rejects. */
  readonly over: Promise<ApplicationOutcome>;
}
/** One mistake of a configuration. */
interface ConfigMistake {
  /** Where: `config.db.pool.size`. */
  readonly path: string;
  /** What was wanted, what came, and from where. */
  readonly message: string;
}
/**
* A configuration has mistakes: all of them, told at once, before anything has started. `code` is `ERR_RUMPUS_CONFIG`.
*
* @example
* ```ts
* import { run } from 'rumpus'
* import { application, ConfigError, startApplication } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* const db = application({ name: 'db', config: { port: { type: 'integer', env: 'DB_PORT' } }, start: () => ({}) })
*
* await run(async (self) => {
*   const error = await startApplication(self, db, { env: { DB_PORT: 'x' } }).catch((error) => error)
*   assert(error instanceof ConfigError)
*   assert.equal(error.mistakes[0].message, 'config.db.port must be a whole number, got "x" (environment variable DB_PORT)')
* })
* ```
*/
declare class ConfigError extends RumpusError {
  /** All of them. */
  readonly mistakes: readonly ConfigMistake[];
  constructor(mistakes: readonly ConfigMistake[]);
}
/** The variables of the environment. */
type Environment = Readonly<Record<string, string | undefined>>;
/** How applications are started. */
interface ApplicationOptions {
  /** Their configurations, by their names. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** What overrides them, as the fields say: `process.env` unless given. */
  readonly env?: Environment;
  /**
  * How long they may take to stop, all together, in milliseconds: 8000 unless given, Infinity for as long as it takes. What still runs then
  * is killed. Give it less than whoever ends the program does: Docker waits ten seconds.
  */
  readonly deadline?: number;
}
/** Who says that a program is to stop: `process`, or an `EventEmitter` in tests. */
type SignalSource = Pick<NodeJS.EventEmitter, "on" | "off">;
/** How applications are started beside other processes. */
interface StartApplicationOptions extends ApplicationOptions {
  /** The name of the process that looks after them all, by which any scheduler can `call` it: `'health'` is answered with {@link Applications.health}. */
  readonly name?: string;
  /** Whose SIGTERM and SIGINT stop them: the first in good order, a second at once. Nobody's unless given. */
  readonly signals?: SignalSource;
}
/**
* Checks an application, and has the compiler know its configuration: answers it as it is.
*
* For a part of a program with a beginning and an end of its own: a pool of connections, a queue and its workers, a web server. What is
* always started and stopped with something else is a child of its supervisor.
*
* @param spec - what it is like
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` with the path of what is wrong
* @example
* ```ts
* import { run } from 'rumpus'
* import { application, Server, startApplication } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Greeter extends Server {
*   init(greeting) {
*     this.greeting = greeting
*   }
*   handleCall = (name) => `${this.greeting}, ${name}`
* }
*
* const greeter = application({
*   name: 'greeter',
*   config: { greeting: { type: 'string', default: 'Hello', env: 'GREETING' } },
*   start: (self, { config }) => ({
*     children: [{ id: 'greeter', start: Greeter, name: 'greeter', args: [config.greeting] }],
*   }),
* })
*
* await run(async (self) => {
*   const applications = await startApplication(self, greeter, { env: { GREETING: 'Welcome' } })
*   assert.equal(await self.call('greeter', 'Ada'), 'Welcome, Ada')
*   assert.equal((await applications.stop()).code, 0)
* })
* ```
*/
declare const application: <const Shape extends ConfigShape>(spec: ApplicationSpec<Shape>) => ApplicationSpec<Shape>;
/**
* Starts applications beside other processes, each when those that it needs are ready, and resolves when all are. If one cannot be
* started, those that were are stopped, in reverse, and this rejects.
*
* For programs that do more, and for tests, in which `simulate` makes an hour of them short. A program that is made of applications is
* run by {@link runApplication}, which ends it with the right code.
*
* @param parent - the process with whose end they are stopped, or the runtime, which is held while they run
* @param applications - one or many
* @param options - their configuration, their deadline, who may stop them
* @returns how to ask for them, and to stop them
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` for what is wrong, and for a need that nobody meets or
* that needs itself, with the way to it; rejects with {@link ConfigError}, with RumpusError `ERR_RUMPUS_APPLICATION` that says which did not
* start and why (`cause`), and `ERR_RUMPUS_STOPPED` if they were stopped before all were ready
* @example
* ```ts
* import { simulate } from 'rumpus'
* import { application, startApplication } from 'rumpus/otp'
* import { EventEmitter } from 'node:events'
* import assert from 'node:assert/strict'
*
* const order = []
* const part = (name, needs) =>
*   application({
*     name,
*     needs,
*     start: () => void order.push(`start ${name}`) ?? {},
*     drain: (self) => self.sleep(3_000),
*     stop: () => void order.push(`stop ${name}`),
*   })
*
* await simulate({ seed: 1 }, async (self, simulation) => {
*   const signals = new EventEmitter()
*   const applications = await startApplication(self, [part('web', ['db']), part('db')], { signals })
*   signals.emit('SIGTERM', 'SIGTERM')
*   assert.equal((await applications.over).code, 0)
*   assert.deepEqual(order, ['start db', 'start web', 'stop web', 'stop db'])
*   assert(simulation.now() >= 6_000)
* })
* ```
*/
declare const startApplication: (parent: Self<never> | Runtime | {
  readonly pid: Pid<never>;
}, applications: Application | readonly Application[], options?: StartApplicationOptions) => Promise<Applications>;
/** What became of an application: published to the channel `rumpus:application` of `node:diagnostics_channel`, where it was started. */
interface ApplicationReport {
  /** Its name. */
  readonly application: string;
  /** In the order in which they come; `'unready'` and `'ready'` as often as it says so. */
  readonly event: "starting" | "ready" | "unready" | "stopping" | "stopped" | "crashed";
  /** Of `'stopped'` and `'crashed'`: why it ended. */
  readonly reason?: ExitReason;
}
/** What a supervisor did, or met. */
interface SupervisorReport {
  /** Whose report it is. */
  readonly supervisor: Pid;
  /**
  * `'child-ended'`: by itself, for `reason`; `'child-started'`: with `pid`; `'start-failed'`: for `reason`; `'child-killed'`: it did not
  * end in its time; `'gave-up'`: too many restarts.
  */
  readonly event: "child-ended" | "child-started" | "start-failed" | "child-killed" | "gave-up";
  /** Of the child, if it has one. */
  readonly id: string | undefined;
  /** Of the child, or 0 if it has none. */
  readonly pid: Pid;
  /** Why; a normal one where nothing went wrong. */
  readonly reason: ExitReason;
  /** Of one that has been started anew: whom it replaces, if that ended by itself while somebody listened, and how long ago. */
  readonly restartOf?: {
    /** Whom. */readonly pid: Pid; /** Milliseconds since its end. */
    readonly ms: number;
  };
}
declare const carries: unique symbol;
/** What the pid of a producer of `Out` takes; the business of the verbs. */
interface Subscribing<Out> {
  /** Tells it from other messages. */
  readonly type: "rumpus:subscribe";
  /** What it is about. */
  readonly [carries]: (event: Out) => Out;
}
/** What the pid of a consumer of `In` takes; the business of the verbs. */
interface Delivering<In> {
  /** Tells it from other messages. */
  readonly type: "rumpus:events";
  /** What it is about. */
  readonly [carries]: (event: In) => In;
}
/** How a consumer is subscribed to a producer. */
interface SubscribeOptions {
  /** How many events may be on their way to it or in its hands, 1 to 2²⁴; 1000 unless given. */
  readonly max?: number;
  /** It asks for more when so few are left, less than `max`; half of that, rounded down, unless given. */
  readonly min?: number;
  /**
  * What the end of the producer, or of the subscription by it, means: the consumer's own end, always (`'permanent'`, unless given);
  * if it was other than normal or a shutdown (`'transient'`); nothing (`'temporary'`).
  */
  readonly cancel?: "permanent" | "transient" | "temporary";
  /** Who asks for events: the stage itself (`'auto'`, unless given), or its callbacks by `ask` (`'manual'`). */
  readonly demand?: "auto" | "manual";
  /** Which partition it takes, from 0; needed where the producer has partitions, and only there. */
  readonly partition?: number;
  /** What it wants, for the `select` of a producer that broadcasts; it must be able to cross. */
  readonly wanted?: unknown;
}
/** Whom a consumer is subscribed to: a producer or its name, and how. */
type SubscribeTo<In = unknown> = Pid<Subscribing<In>> | string | (SubscribeOptions & {
  readonly to: Pid<Subscribing<In>> | string;
});
/** A subscription, as a consumer knows it. */
interface Subscription {
  /** Its number, which no other has. */
  readonly ref: number;
  /** The producer. */
  readonly pid: Pid;
}
/** To whom events go. */
type Dispatching<Out> = "demand" | "broadcast" | {
  readonly type: "broadcast";
  readonly select: (event: Out, wanted: never) => boolean;
} | {
  readonly type: "partition";
  readonly partitions: number;
  readonly by: (event: Out) => number | string;
};
/** What becomes of events that nobody has asked for. */
interface StageBuffer {
  /** How many may wait, 0 to Infinity: 10 000 unless given; Infinity where events come from other stages. */
  readonly capacity?: number;
  /**
  * What becomes of one more: the one that waits longest is dropped (`'drop-oldest'`, unless given), the new one is (`'drop-newest'`), or
  * `emit` throws (`'fail'`). What is dropped goes to `handleDropped`.
  */
  readonly overflow?: "drop-oldest" | "drop-newest" | "fail";
}
/** How a producer is. */
interface ProducerOptions<Out = unknown> {
  /** To whom events go. */
  readonly dispatcher?: Dispatching<Out>;
  /** What becomes of events that nobody has asked for. */
  readonly buffer?: StageBuffer;
  /** Whether it hears of demand from the start (`'forward'`, unless given), or when {@link setDemand} says so. */
  readonly demand?: "forward" | "accumulate";
}
/** How a consumer is. */
interface ConsumerOptions<In = unknown> {
  /** Whom it is subscribed to from the start. */
  readonly subscribeTo?: readonly SubscribeTo<In>[];
}
/** A producer's side of a subscription, as {@link stageStatus} shows it. */
interface SubscriberView {
  /** The number of the subscription. */
  readonly ref: number;
  /** The consumer. */
  readonly pid: Pid;
  /** Events that it has asked for and not been sent. */
  readonly pending: number;
}
/** A consumer's side of one. */
interface SubscriptionView {
  /** The number of the subscription. */
  readonly ref: number;
  /** The producer. */
  readonly pid: Pid;
  /** Events that it has asked for and not handled. */
  readonly outstanding: number;
}
/** A stage as {@link stageStatus} shows it. */
interface StageStatus {
  /** Events that consumers want and nobody has emitted. */
  readonly demand: number;
  /** Events that have been emitted and wait for demand. */
  readonly buffered: number;
  /** Events that found no place. */
  readonly dropped: number;
  /** Events that have come and wait for their turn. */
  readonly waiting: number;
  /** Whether it is to end when all is out. */
  readonly draining: boolean;
  /** To whom its events go. */
  readonly subscribers: readonly SubscriberView[];
  /** From whom its events come. */
  readonly subscriptions: readonly SubscriptionView[];
}
/** A body that any scheduler can run as a task, as {@link defineTask} makes it. */
interface TaskDefinition<A extends readonly unknown[] = readonly unknown[], Result = unknown> extends Definition<never, A> {
  /** What its body returns, for the compiler. */
  readonly result?: () => Result;
  /** The same definition, run with these options. */
  with(options: SpawnOptions): TaskDefinition<A, Result>;
}
/** What a task runs: a closure, on the scheduler of who starts it, or a definition, where there is room. */
type TaskBody<A extends readonly unknown[], Result> = ((self: Self<never>, ...args: A) => Result | PromiseLike<Result>) | TaskDefinition<A, Result>;
/** Who starts tasks: a process, or the runtime for ordinary code. */
type TaskOwner = Self<never> | Runtime | {
  readonly pid: Pid<never>;
};
/**
* Defines a body under `name` in the module `url` that any scheduler can run as a task: see `define`, whose rules are the same. Spawned
* as any definition it is a process like any.
*
* @param url - `import.meta.url`
* @param name - unique in the module
* @param body - given `self` and the arguments; what it returns is the result, and must be able to cross
* @returns the definition, for {@link Task.async}, {@link Task.supervised} and `taskStream`
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` as `define` does
* @example
* ```ts
* import { run } from 'rumpus'
* import { defineTask, Task } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* const square = defineTask(import.meta.url, 'square', (self, n) => n * n)
*
* await run(async (self) => {
*   const tasks = [1, 2, 3].map((n) => Task.async(self, square, n))
*   assert.deepEqual(await Promise.all(tasks.map((task) => task.result())), [1, 4, 9])
* })
* ```
*/
declare const defineTask: <A extends readonly unknown[], Result>(url: string, name: string, body: (self: Self<never>, ...args: A) => Result | PromiseLike<Result>) => TaskDefinition<A, Awaited<Result>>;
/**
* A body whose result somebody waits for. It begins at once and has a process of its own: what else could end it, a thread that dies
* or somebody who kills it, is an error of its result.
*
* For one thing that is done once while its owner does something else, or that another core is to do. For many inputs, see `taskStream`;
* for what answers again and again, a {@link Server}.
*
* @example
* ```ts
* import { run } from 'rumpus'
* import { Task } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   const slow = Task.async(self, async (me) => {
*     await me.sleep(5)
*     return 'done'
*   })
*   const fails = Task.async(self, async () => {
*     throw new RangeError('too far')
*   })
*   await assert.rejects(fails.result(), RangeError)
*   assert.equal(await slow.result(), 'done')
* })
* ```
*/
declare class Task<Result = unknown> {
  /** Its process. */
  readonly pid: Pid<never>;
  private readonly owner;
  private readonly outcome;
  private constructor();
  /**
  * Starts a task. If the process `owner` ends, so does the task.
  *
  * @param owner - the process that waits for it, or the runtime
  * @param what - a closure, which runs on this scheduler, or what {@link defineTask} answered, which runs where there is room, or where
  * its `with({ on })` says
  * @param args - for the body, behind its `self`
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, and what `spawn` throws
  */
  static async<Result, A extends readonly unknown[]>(owner: TaskOwner, what: TaskBody<A, Result>, ...args: A): Task<Awaited<Result>>;
  /**
  * Starts a task as a child of a dynamic supervisor, which ends it when it ends itself, and which counts it (`maxChildren`).
  *
  * @param owner - as of {@link Task.async}
  * @param supervisor - the supervisor, or its name: `startSupervisor(self, { strategy: 'dynamic' })`; on another scheduler definitions only
  * @param what - as of {@link Task.async}
  * @param args - as of {@link Task.async}
  * @throws as {@link Task.async}; rejects as `startChild`: RumpusError `ERR_RUMPUS_TOO_MANY_CHILDREN`
  * @example
  * ```ts
  * import { run } from 'rumpus'
  * import { startSupervisor, Task } from 'rumpus/otp'
  * import assert from 'node:assert/strict'
  *
  * await run(async (self) => {
  *   const tasks = await startSupervisor(self, { strategy: 'dynamic', maxChildren: 100 })
  *   const task = await Task.supervised(self, tasks, async (me, n) => n + 1, 41)
  *   assert.equal(await task.result(), 42)
  * })
  * ```
  */
  static supervised<Result, A extends readonly unknown[]>(owner: TaskOwner, supervisor: Pid<never> | string, what: TaskBody<A, Result>, ...args: A): Promise<Task<Awaited<Result>>>;
  /**
  * What the body returned. Ask as often as you like, at once or later; a task that fails before anybody has asked makes a crash report.
  *
  * @param options - how long to wait, as long as it takes unless given; giving up does not end the task
  * @throws TypeError, RangeError for options that are none; rejects with what the body threw (from another scheduler, as it crosses), with
  * RumpusError `ERR_RUMPUS_DOWN` if the task was ended, `cause` being the exit reason (`noproc` if a supervised one was killed before its
  * supervisor had answered), with TimeoutError, AbortError, and with ProcessExit if the owner must end
  */
  result(options?: CallOptions): Promise<Result>;
  /** Whether the result is known. */
  get isOver(): boolean;
  /**
  * Asks the task to end, and resolves when there is a result or its process is dead. Its result rejects then, unless it came before.
  *
  * @param reason - why; `'shutdown'` unless given: it has 5 s then. `'kill'`: none
  */
  stop(reason?: ReasonGiven): Promise<void>;
}
/** How events are consumed. */
interface ConsumeOptions {
  /** Ends the loop when aborted, with an AbortError. */
  readonly signal?: AbortSignal;
}
/**
* The events of a producer, or of several, one after the other: a `for await` loop that asks for more when it has taken most of what it
* asked for. It is over when its producers have no more.
*
* A producer that ends otherwise than normally or by a shutdown ends the loop with an error, unless its `cancel` is `'temporary'`; what it
* had sent comes first. Who leaves the loop early loses the events that were on their way, `max` of each producer at most. For events that
* are handled by a process of their own, under a supervisor, extend {@link Consumer}.
*
* @param owner - the process that waits, with whose end all ends, or the runtime
* @param from - a producer or its name, an object with that as `to` and how it is subscribed to, or an array of these
* @param options - what else ends it
* @throws at the call TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`; then RumpusError `ERR_RUMPUS_DOWN` for a
* producer that ended, `cause` being the reason, `ERR_RUMPUS_NOPROC` if nobody has the name, AbortError, and ProcessExit if the owner must end
* @example
* ```ts
* import { run } from 'rumpus'
* import { consume, produceFrom, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   const fast = await startServer(self, produceFrom([1, 2]))
*   const slow = await startServer(self, produceFrom(async function* () {
*     yield 30
*   }))
*   let sum = 0
*   for await (const n of consume(self, [fast, { to: slow, max: 1 }])) sum += n
*   assert.equal(sum, 33)
* })
* ```
*/
declare const consume: <In>(owner: TaskOwner, from: SubscribeTo<In> | readonly SubscribeTo<In>[], options?: ConsumeOptions) => AsyncGenerator<In, void, undefined>;
/** Who can join and leave: the `self` of a body or of a server, or the pid of a process of this scheduler. */
type Joining = Self<never> | Pid<never> | {
  readonly pid: Pid<never>;
};
/** In which runtime a group is. */
interface GroupOptions {
  /** The `self` of a process, or a runtime: needed where a thread has several runtimes. */
  readonly of?: Self<never> | Runtime | {
    readonly pid: Pid<never>;
  };
}
/** How something is published. */
interface PublishOptions extends GroupOptions {
  /** Who does not get it though it is a member: whoever publishes, for example. */
  readonly except?: Pid<never>;
}
/**
* A process joins a group: from now on it gets whatever is published for `topic`, on whatever scheduler. It leaves with its end, or by
* {@link leave}. Groups are not made, nor ended: there are those that have members.
*
* For news: any number of processes hear, none answers. To find the one process for something, use a {@link Registry}.
*
* @param who - the `self` of a body or of a server, or the pid of a process that has begun on this scheduler
* @param topic - the name of the group
* @returns whether it was not in there yet
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` if it is a process of another scheduler, RumpusError
* `ERR_RUMPUS_NOPROC` if it must end
* @example
* ```ts
* import { run, send } from 'rumpus'
* import { join, publish } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   for (let i = 0; i < 3; i++) {
*     self.spawn(async (me) => {
*       join(me, 'weather')
*       send(self.pid, 'ready')
*       send(self.pid, await me.receive())
*     })
*   }
*   for (let i = 0; i < 3; i++) await self.receive()
*   publish('weather', 'rain')
*   for (let i = 0; i < 3; i++) assert.equal(await self.receive(), 'rain')
* })
* ```
*/
declare const join: (who: Joining, topic: string) => boolean;
/**
* A process leaves a group. What was published before may still come.
*
* @param who - as of {@link join}
* @param topic - the name of the group
* @returns whether it was in there
* @throws as {@link join}
* @example
* ```ts
* import { run } from 'rumpus'
* import { join, leave } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   join(self, 'weather')
*   assert.equal(leave(self, 'weather'), true)
*   assert.equal(leave(self, 'weather'), false)
* })
* ```
*/
declare const leave: (who: Joining, topic: string) => boolean;
/**
* The members of a group on all schedulers. For people and dashboards, and to choose one; to tell them all something, {@link publish}.
*
* @param topic - the name of the group
* @param options - as of `call`; in which runtime
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`; rejects as `call` does if a scheduler does not answer in time
* @example
* ```ts
* import { run } from 'rumpus'
* import { join, members } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   join(self, 'weather')
*   assert.deepEqual(await members('weather'), [self.pid])
* })
* ```
*/
declare const members: (topic: string, options?: CallOptions & GroupOptions) => Promise<readonly Pid<never>[]>;
/**
* The members of a group on this scheduler, without a wait.
*
* @param topic - the name of the group
* @param options - in which runtime
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { run } from 'rumpus'
* import { join, localMembers } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   join(self, 'weather')
*   assert.deepEqual(localMembers('weather'), [self.pid])
* })
* ```
*/
declare const localMembers: (topic: string, options?: GroupOptions) => readonly Pid<never>[];
/**
* Sends `message` to every member of a group: a send each on this scheduler, one crossing for each other scheduler that has members of
* any group. Never waits, and does not tell who got it. What one process publishes arrives in the order published; a message that
* it sends to a member itself may arrive before what it published, where that is on another scheduler.
*
* @param topic - the name of the group
* @param message - what, as of `send`; nothing can be transferred
* @param options - who is left out; in which runtime
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`; UncrossableError `ERR_RUMPUS_UNCROSSABLE` if another scheduler has groups and the
* message cannot cross: nobody got it
* @example
* ```ts
* import { run } from 'rumpus'
* import { join, publish } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   join(self, 'weather')
*   publish('weather', 'what I say myself', { except: self.pid })
*   publish('weather', 'rain')
*   assert.equal(await self.receive(), 'rain')
* })
* ```
*/
declare const publish: (topic: string, message: unknown, options?: PublishOptions) => void;
/** What a supervisor is asked: the business of the verbs that ask it. */
type SupervisorRequest = {
  readonly supervisor: "which" | "count";
} | {
  readonly supervisor: "start";
  readonly spec: Kept;
} | {
  readonly supervisor: "restart" | "terminate" | "delete";
  readonly child: string | number;
};
/** A child as {@link whichChildren} shows it. */
interface ChildView {
  /** Of its spec; a dynamic supervisor's have none. */
  readonly id: string | undefined;
  /** Nothing while it does not run. */
  readonly pid: Pid<never> | undefined;
  /** Whether it runs, is to run again, or stays as it is. */
  readonly state: "running" | "restarting" | "stopped";
  /** Whether it has children of its own. */
  readonly type: "worker" | "supervisor";
}
/** How many children there are. */
interface ChildCounts {
  /** All, running or not. */
  readonly specs: number;
  /** Those that run. */
  readonly active: number;
  /** Those that have children of their own. */
  readonly supervisors: number;
  /** The others. */
  readonly workers: number;
}
/** A supervisor's pid. */
type SupervisorPid = Pid<Call<SupervisorRequest, unknown>>;
/**
* A supervisor as a child of another: what it is like, to be given as `start`.
*
* @param options - how it is, and its children
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` with the path of what is wrong
* @example
* ```ts
* import { run } from 'rumpus'
* import { countChildren, Server, startSupervisor, supervisor, whichChildren } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Part extends Server {}
*
* await run(async (self) => {
*   const parts = supervisor({ strategy: 'one_for_all', children: [{ id: 'a', start: Part }, { id: 'b', start: Part }] })
*   const top = await startSupervisor(self, { children: [{ id: 'parts', start: parts }] })
*   const [{ type, pid }] = await whichChildren(top)
*   assert.equal(type, 'supervisor')
*   assert.equal((await countChildren(pid)).active, 2)
* })
* ```
*/
declare const supervisor: (options: SupervisorOptions) => AnyBody;
/**
* Defines a supervisor that any scheduler can start, under `name` in the module `url`: see `define`, whose rules are the same. `make`
* is called where it starts, with the `args` of its spec, and answers what it is like.
*
* @param url - `import.meta.url`
* @param name - unique in the module
* @param make - answers the options
* @returns the definition, to be the `start` of a child
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` as `define` does
* @example
* ```ts
* import { run } from 'rumpus'
* import { defineSupervisor, Server, startSupervisor, whichChildren } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Part extends Server {}
* const parts = defineSupervisor(import.meta.url, 'parts', (id) => ({ children: [{ id, start: Part }] }))
*
* await run(async (self) => {
*   const top = await startSupervisor(self, { children: [{ id: 'there', start: parts, args: ['part'], on: 1 }] })
*   const [{ pid }] = await whichChildren(top)
*   assert.equal((await whichChildren(pid))[0].id, 'part')
* })
* ```
*/
declare const defineSupervisor: <A extends readonly never[]>(url: string, name: string, make: (...args: A) => SupervisorOptions) => Definition<Call<SupervisorRequest>, readonly unknown[]>;
/**
* Starts a supervisor and, in order, its children; answers its pid when the last has started. If one cannot be, those before it are
* ended again and this rejects.
*
* @param parent - the process that starts it, whose end is its own; or the runtime
* @param options - how it is, and its children
* @param how - its name, how long it may take to start (as long as it takes, unless given)
* @returns the pid, for {@link whichChildren} and the like
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` with the path of what is wrong; rejects with RumpusError
* `ERR_RUMPUS_INIT` if a child did not start, `cause` being the exit reason, whose value says which
* @example
* ```ts
* import { exit, run } from 'rumpus'
* import { Server, startSupervisor, whichChildren } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Counter extends Server {
*   count = 0
*   handleCall = () => this.count++
* }
*
* await run(async (self) => {
*   const top = await startSupervisor(self, { children: [{ id: 'counter', start: Counter, name: 'counter' }] })
*   assert.equal(await self.call('counter', 'next'), 0)
*   const [{ pid }] = await whichChildren(top)
*   self.monitor(pid)
*   exit(pid, 'kill')
*   await self.receive()
*   await whichChildren(top) // it has heard, too, and has acted
*   assert.equal(await self.call('counter', 'next'), 0)
* })
* ```
*/
declare const startSupervisor: (parent: Self<never> | Runtime | {
  readonly pid: Pid<never>;
}, options: SupervisorOptions, how?: StartOptions) => Promise<SupervisorPid>;
type Sup = Pid<never> | string;
/**
* The children of a supervisor, in the order of their start.
*
* @param to - the supervisor, or its name
* @param options - as of `call`, with no time limit unless given: a supervisor that restarts somebody answers later
* @throws as `call` does
* @example
* ```ts
* import { run } from 'rumpus'
* import { startSupervisor, whichChildren } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   const top = await startSupervisor(self, { children: [{ id: 'idle', start: async (me) => void (await me.receive()) }] })
*   const [{ id, state }] = await whichChildren(top)
*   assert.deepEqual([id, state], ['idle', 'running'])
* })
* ```
*/
declare const whichChildren: (to: Sup, options?: CallOptions) => Promise<readonly ChildView[]>;
/**
* How many children a supervisor has.
*
* @param to - the supervisor, or its name
* @param options - as of {@link whichChildren}
* @throws as `call` does
* @example
* ```ts
* import { run } from 'rumpus'
* import { countChildren, startSupervisor } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* await run(async (self) => {
*   const top = await startSupervisor(self, { strategy: 'dynamic' })
*   assert.deepEqual(await countChildren(top), { specs: 0, active: 0, supervisors: 0, workers: 0 })
* })
* ```
*/
declare const countChildren: (to: Sup, options?: CallOptions) => Promise<ChildCounts>;
/**
* Has a supervisor start one more child, behind the others. The way in which all children of a dynamic one come.
*
* @param to - the supervisor, or its name; on another scheduler it takes definitions only
* @param spec - the child
* @param options - as of {@link whichChildren}
* @returns its pid
* @throws TypeError, RangeError with the path of what is wrong, UncrossableError; rejects with RumpusError `ERR_RUMPUS_INIT` if it did not
* start, `ERR_RUMPUS_TOO_MANY_CHILDREN`, `ERR_RUMPUS_CHILD` if there is one with its id, and as `call` does
* @example
* ```ts
* import { run } from 'rumpus'
* import { Server, startChild, startSupervisor } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Room extends Server {}
*
* await run(async (self) => {
*   const rooms = await startSupervisor(self, { strategy: 'dynamic', maxChildren: 1 })
*   await startChild(rooms, { start: Room, restart: 'temporary' })
*   await assert.rejects(startChild(rooms, { start: Room }), { code: 'ERR_RUMPUS_TOO_MANY_CHILDREN' })
* })
* ```
*/
declare const startChild: (to: Sup, spec: ChildSpec, options?: CallOptions) => Promise<Pid<never>>;
/**
* Has a supervisor start a child again that has ended for good, or was ended by {@link terminateChild}.
*
* @param to - the supervisor, or its name
* @param id - which
* @param options - as of {@link whichChildren}
* @throws rejects with RumpusError `ERR_RUMPUS_CHILD` if there is none or it runs, `ERR_RUMPUS_INIT` if it did not start, and as `call` does
* @example
* ```ts
* import { run } from 'rumpus'
* import { restartChild, Server, startSupervisor, terminateChild } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Part extends Server {}
*
* await run(async (self) => {
*   const top = await startSupervisor(self, { children: [{ id: 'part', start: Part }] })
*   await assert.rejects(restartChild(top, 'part'), { code: 'ERR_RUMPUS_CHILD' })
*   await terminateChild(top, 'part')
*   assert.equal(typeof (await restartChild(top, 'part')), 'number')
* })
* ```
*/
declare const restartChild: (to: Sup, id: string, options?: CallOptions) => Promise<Pid<never>>;
/**
* Has a supervisor end a child and leave it so; one that is temporary, or of a dynamic supervisor, is forgotten.
*
* @param to - the supervisor, or its name
* @param which - its id; its pid if the supervisor is dynamic
* @param options - as of {@link whichChildren}
* @throws rejects with RumpusError `ERR_RUMPUS_CHILD` if there is none, and as `call` does
* @example
* ```ts
* import { run } from 'rumpus'
* import { Server, startSupervisor, terminateChild, whichChildren } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Part extends Server {}
*
* await run(async (self) => {
*   const top = await startSupervisor(self, { children: [{ id: 'part', start: Part }] })
*   await terminateChild(top, 'part')
*   assert.equal((await whichChildren(top))[0].state, 'stopped')
* })
* ```
*/
declare const terminateChild: (to: Sup, which: string | Pid<never>, options?: CallOptions) => Promise<void>;
/**
* Has a supervisor forget a child that does not run.
*
* @param to - the supervisor, or its name
* @param id - which
* @param options - as of {@link whichChildren}
* @throws rejects with RumpusError `ERR_RUMPUS_CHILD` if there is none or it runs, and as `call` does
* @example
* ```ts
* import { run } from 'rumpus'
* import { deleteChild, Server, startSupervisor, terminateChild, whichChildren } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Part extends Server {}
*
* await run(async (self) => {
*   const top = await startSupervisor(self, { children: [{ id: 'part', start: Part }] })
*   await terminateChild(top, 'part')
*   await deleteChild(top, 'part')
*   assert.deepEqual(await whichChildren(top), [])
* })
* ```
*/
declare const deleteChild: (to: Sup, id: string, options?: CallOptions) => Promise<void>;
/** How a supervisor of partitions is. */
interface PartitionsOptions extends Omit<SupervisorOptions, "strategy" | "children" | "maxChildren"> {
  /** What the supervisor is called, and the partitions, with a slash and their number behind it. */
  readonly name: string;
  /** How many, on the scheduler threads in turn: as many as there are threads unless given. */
  readonly partitions?: number;
  /**
  * Where their supervisor lives: on the scheduler of whoever starts it (`'here'`, unless given), where there is room (`'any'`), and so
  * somewhere else when its thread has died, or on this one. In the latter two a `backoff` has no `random`, for a function cannot cross.
  */
  readonly on?: "here" | "any" | number;
}
/**
* A copy of a child on every scheduler thread, each named `name/n`, under one supervisor, which is a child of another supervisor or of an
* application. When it is started anew, it has all its partitions again, under their names.
*
* For partitions that belong to one process, or to ordinary code, {@link startPartitions} does.
*
* @param child - the child: a definition, for it runs elsewhere
* @param options - the name, and how their supervisor is
* @returns its spec, whose `id` is the name, too
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE` with the path of what is wrong
* @example
* ```ts
* import { exit, run } from 'rumpus'
* import { defineServer, partition, partitions, startSupervisor, whichChildren } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* const caches = defineServer(import.meta.url, 'caches', { handleCall: (key) => `nothing for ${key}` })
*
* await run(async (self) => {
*   const top = await startSupervisor(self, { children: [partitions({ start: caches }, { name: 'caches' })] })
*   const [{ pid }] = await whichChildren(top)
*   self.monitor(pid)
*   exit(pid, 'kill') // takes all partitions along
*   await self.receive()
*   await whichChildren(top) // it has heard, too, and has acted
*   assert.equal(await self.call(partition('caches', 'ada', 2), 'ada'), 'nothing for ada')
* }, { schedulers: 2 })
* ```
*/
declare const partitions: (child: Omit<ChildSpec, "id" | "on" | "name">, options: PartitionsOptions) => ChildSpec;
/**
* Starts a copy of a child on every scheduler thread, each named `name/n`, under one supervisor. Work for the same key always meets the
* same copy, see {@link partition}; a copy is started anew where it was.
*
* When the supervisor ends, so do they. One that is itself started anew is what {@link partitions} gives to another.
*
* @param parent - as of {@link startSupervisor}
* @param child - the child: a definition, for it runs elsewhere
* @param options - the name, and how the supervisor is
* @returns the supervisor's pid
* @throws as {@link partitions} and {@link startSupervisor}
* @example
* ```ts
* import { run } from 'rumpus'
* import { defineServer, partition, startPartitions } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* const counts = defineServer(import.meta.url, 'counts', {
*   init() {
*     this.counts = new Map()
*   },
*   handleCall(key) {
*     this.counts.set(key, (this.counts.get(key) ?? 0) + 1)
*     return this.counts.get(key)
*   },
* })
*
* await run(async (self) => {
*   await startPartitions(self, { start: counts }, { name: 'counts' })
*   const home = partition('counts', 'ada', 2)
*   assert.equal(await self.call(home, 'ada'), 1)
*   assert.equal(await self.call(home, 'ada'), 2)
* }, { schedulers: 2 })
* ```
*/
declare const startPartitions: (parent: Self<never> | Runtime | {
  readonly pid: Pid<never>;
}, child: Omit<ChildSpec, "id" | "on" | "name">, options: PartitionsOptions) => Promise<SupervisorPid>;
/**
* The name of the copy that {@link startPartitions} or `partitions` has for `key`: the same for the same key, on every scheduler,
* without asking anybody.
*
* @param name - the name that was given there
* @param key - what the work is about
* @param partitions - how many copies there are
* @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE`
* @example
* ```ts
* import { partition } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* assert.equal(partition('counts', 'ada', 4), partition('counts', 'ada', 4))
* assert.match(partition('counts', 7, 4), /^counts\/[0-3]$/)
* ```
*/
declare const partition$1: (name: string, key: string | number, partitions: number) => string;
/** What a callback of a stage that has consumers may answer: events, an action, or nothing. */
type Emitted<Out> = readonly Out[] | Action | void | undefined | PromiseLike<readonly Out[] | Action | void | undefined>;
/** What `begin` may answer. */
type Begun<Options> = Options | void | undefined | PromiseLike<Options | void | undefined>;
/**
* A stage that has consumers: extend this and make events in {@link Producer.handleDemand}, or {@link Producer.emit} what happens. Start it
* as a server, or as the child of a supervisor; it may be async, be called, cast to and stopped as any server.
*
* For work that comes faster than it can be done, or is fetched only when somebody wants it: at no moment are more events on their way
* than were asked for. Where each message is done before the next comes, plain messages are simpler; where what is wanted is a result for
* each input, take `taskStream`.
*
* @example
* ```ts
* import { run } from 'rumpus'
* import { consume, Producer, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Counter extends Producer {
*   next = 0
*   handleDemand(count) {
*     return Array.from({ length: count }, () => this.next++)
*   }
* }
*
* await run(async (self) => {
*   const counter = await startServer(self, Counter)
*   const seen = []
*   for await (const n of consume(self, { to: counter, max: 10 })) {
*     seen.push(n)
*     if (n === 99) break
*   }
*   assert.equal(seen.length, 100)
* })
* ```
*/
declare class Producer<Out = unknown, Request = unknown, Casting = unknown, Info = never> extends Server<Request, Casting, Info | Subscribing<Out>> {
  #private;
  /**
  * Called first, with the arguments of the start: answers how it is, if that is not the usual.
  *
  * @param _args - what was given as `args`
  */
  begin(..._args: never[]): Begun<ProducerOptions<Out>>;
  /** Begins; override {@link Producer.begin}. */
  override init(...args: never[]): Promise<undefined>;
  /**
  * Consumers want so many events more: answers them, or as many as there are. What is missing may be emitted at any time later,
  * {@link Producer.demand} says how much that is; it is not asked for again.
  *
  * @param _count - how many
  */
  handleDemand(_count: number): Emitted<Out>;
  /** It is to end, and this is the last that is called before what it has emitted is out: answers what else there is. */
  handleDrain(): Emitted<Out>;
  /**
  * Events were emitted that nobody had asked for, and there is no place to keep them. Unless overridden a crash report says so, one until
  * nothing waits.
  *
  * @param events - what is lost
  */
  handleDropped(events: readonly Out[]): void;
  /**
  * Sends events to consumers that want some; the others wait, as the option `buffer` has it.
  *
  * @param events - what
  * @throws RumpusError `ERR_RUMPUS_BUFFER_FULL` where `overflow` is `'fail'`; UncrossableError for an event that cannot cross to the consumer
  * it would go to: then it is lost, with those that were to go there along with it
  */
  emit(events: Iterable<Out>): void;
  /** Events that consumers want and nobody has emitted. */
  get demand(): number;
  /** Ends, normally, when all that it has emitted is out: there is no more to come. */
  drain(): void;
}
/**
* A stage that takes events from producers: extend this and do with them what is to be done in {@link Consumer.handleEvents}. More are
* asked for when few are left; while that is async, none are.
*
* Where the events are wanted in a loop, take {@link consume}.
*
* @example
* ```ts
* import { run, send } from 'rumpus'
* import { Consumer, produceFrom, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Adder extends Consumer {
*   sum = 0
*   begin(from, to) {
*     this.to = to
*     return { subscribeTo: [{ to: from, max: 2 }] }
*   }
*   async handleEvents(numbers) {
*     for (const n of numbers) this.sum += n
*   }
*   handleDrain() {
*     send(this.to, this.sum)
*   }
* }
*
* await run(async (self) => {
*   const numbers = await startServer(self, produceFrom([1, 2, 3, 4]))
*   await startServer(self, Adder, { args: [numbers, self.pid] })
*   assert.equal(await self.receive(), 10) // the producer is done, and so is who was subscribed to it
* })
* ```
*/
declare class Consumer<In = unknown, Request = unknown, Casting = unknown, Info = never> extends Server<Request, Casting, Info | Delivering<In>> {
  #private;
  /**
  * Called first, with the arguments of the start: answers whom it is subscribed to.
  *
  * @param _args - what was given as `args`
  */
  begin(..._args: never[]): Begun<ConsumerOptions<In>>;
  /** Begins; override {@link Consumer.begin}. */
  override init(...args: never[]): Promise<undefined>;
  /**
  * Takes events, in the order in which one producer sent them: no more than `max` less `min` at a time.
  *
  * @param _events - what
  * @param _from - the subscription by which they came
  */
  handleEvents(_events: readonly In[], _from: Subscription): Done;
  /**
  * A subscription is over, and all that came by it has been handled. What that means for the stage its option `cancel` says.
  *
  * @param _subscription - which
  * @param _reason - why: normal if the producer had no more or the subscription was taken back
  */
  handleCancelled(_subscription: Subscription, _reason: ExitReason): Done;
  /** It is to end: all that came has been handled. */
  handleDrain(): Done;
  /**
  * Subscribes to a producer.
  *
  * @param to - whom, or whom and how
  * @returns the subscription
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`; RumpusError `ERR_RUMPUS_NOPROC` if nobody has that
  * name; UncrossableError if `wanted` cannot cross
  */
  subscribe(to: SubscribeTo<In>): Subscription;
  /**
  * Asks for events where the subscription says that demand is `'manual'`.
  *
  * @param subscription - which
  * @param count - how many more
  * @throws RangeError `ERR_RUMPUS_OUT_OF_RANGE`, TypeError `ERR_RUMPUS_BAD_ARGUMENT` if demand is not manual
  */
  ask(subscription: Subscription, count: number): void;
  /**
  * Takes a subscription back: what was sent is still handled.
  *
  * @param subscription - which
  */
  cancel(subscription: Subscription): void;
  /** Takes all subscriptions back and ends, normally, when what was sent has been handled. */
  drain(): void;
}
/** What can be produced from. */
type Producible<Out> = Iterable<Out> | AsyncIterable<Out>;
/**
* A producer of what an iterable gives, async or not: a class, to be started as a server, given to a supervisor or to `defineServer`. It
* takes an item only when consumers want one, and ends, normally, when there are no more and all are out. What the iterable throws ends
* it with that error.
*
* Give it a function that makes the iterable, if it is to be started again: a generator gives its items once. One that is started
* elsewhere has the items there.
*
* @param source - an iterable, or a function that answers one from the `args` of the start
* @param options - as `begin` of a {@link Producer} answers them
* @returns the class
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
* @example
* ```ts
* import { run } from 'rumpus'
* import { consume, defineServer, produceFrom, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* const squares = defineServer(import.meta.url, 'squares', produceFrom(async function* (count) {
*   for (let n = 1; n <= count; n++) yield n * n
* }))
*
* await run(async (self) => {
*   const there = await startServer(self, squares, { args: [4], on: 1 })
*   const seen = []
*   for await (const square of consume(self, there)) seen.push(square)
*   assert.deepEqual(seen, [1, 4, 9, 16])
* })
* ```
*/
declare const produceFrom: <Out>(source: Producible<Out> | ((...args: never[]) => Producible<Out> | PromiseLike<Producible<Out>>), options?: ProducerOptions<Out>) => (new () => Producer<Out>);
/**
* A stage between others: takes events as a {@link Consumer} does and answers those that go on, none or one or many for each. It takes some
* only when its own consumers want some.
*
* To do more at a time, start several that are subscribed to one producer. To do something to each event in one place, do it in the
* consumer: a stage costs messages.
*
* @example
* ```ts
* import { run } from 'rumpus'
* import { consume, produceFrom, ProducerConsumer, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Words extends ProducerConsumer {
*   begin = (from) => ({ subscribeTo: [from] })
*   handleEvents = (lines) => lines.flatMap((line) => line.split(' '))
* }
*
* await run(async (self) => {
*   const lines = await startServer(self, produceFrom(['to be or', 'not to be']))
*   const words = await startServer(self, Words, { args: [lines] })
*   const seen = []
*   for await (const word of consume(self, words)) seen.push(word)
*   assert.equal(seen.join(' '), 'to be or not to be')
* })
* ```
*/
declare class ProducerConsumer<In = unknown, Out = unknown, Request = unknown, Casting = unknown, Info = never> extends Server<Request, Casting, Info | Delivering<In> | Subscribing<Out>> {
  #private;
  /**
  * Called first, with the arguments of the start: answers whom it is subscribed to, and to whom its events go.
  *
  * @param _args - what was given as `args`
  */
  begin(..._args: never[]): Begun<ConsumerOptions<In> & Omit<ProducerOptions<Out>, "demand">>;
  /** Begins; override {@link ProducerConsumer.begin}. */
  override init(...args: never[]): Promise<undefined>;
  /**
  * Takes events and answers those that go on. As {@link Consumer.handleEvents}, and no more at a time than its consumers want.
  *
  * @param _events - what
  * @param _from - the subscription by which they came
  */
  handleEvents(_events: readonly In[], _from: Subscription): Emitted<Out>;
  /**
  * As {@link Consumer.handleCancelled}.
  *
  * @param _subscription - which
  * @param _reason - why
  */
  handleCancelled(_subscription: Subscription, _reason: ExitReason): Emitted<Out>;
  /** It is to end, and all that came has been handled: answers what else goes on. */
  handleDrain(): Emitted<Out>;
  /**
  * As {@link Producer.handleDropped}: only if the option `buffer` says how many may wait.
  *
  * @param events - what is lost
  */
  handleDropped(events: readonly Out[]): void;
  /**
  * As {@link Producer.emit}.
  *
  * @param events - what
  */
  emit(events: Iterable<Out>): void;
  /** Events that consumers want and nobody has emitted. */
  get demand(): number;
  /**
  * As {@link Consumer.subscribe}.
  *
  * @param to - whom, or whom and how
  * @returns the subscription
  */
  subscribe(to: SubscribeTo<In>): Subscription;
  /**
  * As {@link Consumer.ask}.
  *
  * @param subscription - which
  * @param count - how many more
  */
  ask(subscription: Subscription, count: number): void;
  /**
  * As {@link Consumer.cancel}.
  *
  * @param subscription - which
  */
  cancel(subscription: Subscription): void;
  /** Takes all subscriptions back and ends, normally, when all that was sent has been handled and has gone on. */
  drain(): void;
}
/** What processes are registered under. */
type RegistryKey = string | number;
/** One process under a key. */
interface RegistryEntry<Value = unknown, Message = unknown> {
  /** Who. */
  readonly pid: Pid<Message>;
  /** What was given with it. */
  readonly value: Value;
}
/** What is asked. */
type RegistryRequest = {
  readonly registry: "register";
  readonly key: RegistryKey;
  readonly pid: number;
  readonly value: unknown;
} | {
  readonly registry: "unregister";
  readonly key: RegistryKey;
  readonly pid: number;
} | {
  readonly registry: "lookup";
  readonly key: RegistryKey;
} | {
  readonly registry: "keys";
  readonly pid: number;
} | {
  readonly registry: "count" | "entries";
};
/** How a registry is. */
interface RegistryOptions {
  /** Whether a key belongs to one process at most (`'unique'`, unless given) or to any number (`'duplicate'`). */
  readonly keys?: "unique" | "duplicate";
  /** Where its table lives: on the scheduler of whoever starts it, unless given. */
  readonly on?: "here" | number;
}
/**
* A registry of processes, by its name: say the same name on every scheduler, and it is the same registry. Making one of these starts
* nothing; {@link Registry.start} does, or a supervisor that is given {@link Registry.child}.
*
* For processes that come and go and are asked for by what they are for: a room, a user, a device. For a few that are always there
* names are simpler (`self.register`); for those who want to hear of something, whoever they are, groups ({@link join}) are cheaper.
* All its verbs answer promises; in a body give those that take options `signal: self.signal`, so that they end with the process.
* They reject with RumpusError `ERR_RUMPUS_NOPROC` where the registry does not run, and as `call` does.
*
* @example
* ```ts
* import { run } from 'rumpus'
* import { Registry, Server, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* const rooms = new Registry('rooms')
*
* class Room extends Server {
*   async init(key) {
*     await rooms.register(key, this.self.pid, { opened: true })
*   }
*   handleCall = (words) => words.toUpperCase()
* }
*
* await run(async (self) => {
*   await rooms.start(self)
*   const pid = await startServer(self, Room, { args: ['lobby'] })
*   assert.deepEqual(await rooms.lookup('lobby'), [{ pid, value: { opened: true } }])
*   assert.equal(await rooms.call('lobby', 'hello'), 'HELLO')
*   await assert.rejects(rooms.register('lobby', self.pid), { code: 'ERR_RUMPUS_KEY_TAKEN' })
* })
* ```
*/
declare class Registry<Value = unknown, Message = unknown> {
  /** What it, and the process that has its table, is called. */
  readonly name: string;
  /**
  * @param name - its name
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
  */
  constructor(name: string);
  /**
  * Starts it; it ends with whoever starts it.
  *
  * @param parent - the process that starts it, or the runtime
  * @param options - how it is
  * @returns the pid of its table
  * @throws what `startServer` throws; RumpusError `ERR_RUMPUS_NAME_TAKEN` at the call if a process has its name
  */
  start(parent: Self<never> | Runtime | {
    readonly pid: Pid<never>;
  }, options?: RegistryOptions): Promise<Pid<Call<RegistryRequest>>>;
  /**
  * The registry as a child of a supervisor. Put it before those who register themselves, and let the strategy be `'rest_for_one'`: who
  * is registered in a table that has ended is not in the next one.
  *
  * @param options - how it is
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
  * @example
  * ```ts
  * import { run } from 'rumpus'
  * import { Registry, Server, startSupervisor, via } from 'rumpus/otp'
  * import assert from 'node:assert/strict'
  *
  * const rooms = new Registry('rooms')
  * class Room extends Server {
  *   handleCall = () => 'here'
  * }
  *
  * await run(async (self) => {
  *   const children = [rooms.child(), { id: 'lobby', start: via(rooms, 'lobby', Room) }]
  *   await startSupervisor(self, { strategy: 'rest_for_one', children })
  *   assert.equal(await rooms.call('lobby', 'anybody?'), 'here')
  * })
  * ```
  */
  child(options?: RegistryOptions): ChildSpec;
  /**
  * Registers a process under a key. Whoever looks the key up after this has resolved finds it, on every scheduler. A process that is
  * registered there already has the new value. Entries go a moment after the end of their process, and with the registry.
  *
  * If the key is that of a process which is ending, this waits for that.
  *
  * @param key - a text or a number
  * @param pid - whom
  * @param value - what is to stand beside it; it must be able to cross
  * @param options - as of `call`
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`; UncrossableError; rejects with RumpusError `ERR_RUMPUS_KEY_TAKEN`, `cause` being
  * `{ pid }`, if the keys are unique and somebody has it, `ERR_RUMPUS_NOPROC` if the process has ended, and as `call` does
  */
  register(key: RegistryKey, pid: Pid<never>, value?: Value, options?: CallOptions): Promise<void>;
  /**
  * Takes a key back from a process.
  *
  * @param key - the key
  * @param pid - whose
  * @param options - as of `call`
  * @returns whether it had it
  * @throws as {@link Registry.register}
  */
  unregister(key: RegistryKey, pid: Pid<never>, options?: CallOptions): Promise<boolean>;
  /**
  * Who is registered under a key, in the order of registration. Costs a message to the registry for the first time, and then nothing
  * until any registry has changed, or a name changes hands. The same array for all: do not change it.
  *
  * @param key - the key
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`; rejects as `call` does
  */
  lookup(key: RegistryKey): Promise<readonly RegistryEntry<Value, Message>[]>;
  private learn;
  /**
  * The process under a key, the first if there are many; nothing if there is none.
  *
  * @param key - the key
  * @throws as {@link Registry.lookup}
  */
  whereis(key: RegistryKey): Promise<Pid<Message> | undefined>;
  /**
  * The keys of a process.
  *
  * @param pid - whose
  * @param options - as of `call`
  * @throws as {@link Registry.register}
  */
  keysOf(pid: Pid<never>, options?: CallOptions): Promise<readonly RegistryKey[]>;
  /**
  * How many entries there are.
  *
  * @param options - as of `call`
  */
  count(options?: CallOptions): Promise<number>;
  /**
  * All entries with their keys: for dashboards; it is a message as long as the table.
  *
  * @param options - as of `call`
  */
  entries(options?: CallOptions): Promise<readonly (RegistryEntry<Value, Message> & {
    readonly key: RegistryKey;
  })[]>;
  /**
  * Sends to the process under a key, the first if there are many. What is awaited before the next is sent arrives before that.
  *
  * @param key - the key
  * @param message - what, as of `send`
  * @returns whether there was a process
  * @throws as {@link Registry.lookup}; rejects with UncrossableError
  */
  send(key: RegistryKey, message: Message): Promise<boolean>;
  /**
  * Sends to all processes under a key, a send each. For many on all schedulers a group is cheaper.
  *
  * @param key - the key
  * @param message - what, as of `send`; nothing can be transferred
  * @returns to how many
  * @throws as {@link Registry.lookup}; rejects with UncrossableError, and then some may have got it: those on this scheduler
  * @example
  * ```ts
  * import { run } from 'rumpus'
  * import { Registry } from 'rumpus/otp'
  * import assert from 'node:assert/strict'
  *
  * const listeners = new Registry('listeners')
  * await run(async (self) => {
  *   await listeners.start(self, { keys: 'duplicate' })
  *   await listeners.register('weather', self.pid)
  *   assert.equal(await listeners.dispatch('weather', 'rain'), 1)
  *   assert.equal(await self.receive(), 'rain')
  * })
  * ```
  */
  dispatch(key: RegistryKey, message: Message): Promise<number>;
  /**
  * Asks the process under a key, the first if there are many.
  *
  * @param key - the key
  * @param request - what, as of `call`
  * @param options - as of `call`; its time begins when the process is known
  * @returns what was replied
  * @throws as `call` does; rejects with RumpusError `ERR_RUMPUS_NOPROC` if nobody has the key
  */
  call<Reply = unknown>(key: RegistryKey, request: unknown, options?: CallOptions): Promise<Reply>;
  private kernelOf;
  private ask;
}
/** How a program of applications is run. */
interface RunApplicationOptions extends ApplicationOptions, RuntimeOptions {}
/**
* Runs a program that is made of applications: starts a runtime and, each when those that it needs are ready, the applications; stops
* them, in reverse, on SIGTERM and SIGINT; sets `process.exitCode`. Resolves when none runs any more and the runtime has stopped.
*
* | code | |
* | --- | --- |
* | 0 | all have stopped in their time, and nothing crashed on the way; or all have ended normally |
* | 1 | an application crashed or did not start; or anything crashed, or was killed by its supervisor, while they stopped |
* | 78 | the configuration has mistakes; stderr has them, and nothing was started |
* | 124 | the deadline was over before all had stopped: the rest was killed, and the process ended |
* | 130, 143 | a second signal, SIGINT or SIGTERM: the process ended at once |
*
* It owns the Node process: one that was to stop and is still there a second after the deadline, whatever holds its event loop, is ended,
* and stderr says what held it. Where the process is not yours to end, use {@link startApplication}.
*
* @param applications - one or many
* @param options - as of {@link startApplication}, and as of `run`
* @returns what became of them
* @throws as {@link startApplication} for what is wrong at the call; what the applications do never rejects
* @example
* ```ts
* import { application, runApplication } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* const service = application({
*   name: 'service',
*   start: (self, { applications }) => {
*     void applications.whenReady().then(() => process.kill(process.pid, 'SIGTERM'))
*     return { children: [{ id: 'idle', start: async (me) => void (await me.receive()) }] }
*   },
* })
*
* const { asked, code } = await runApplication(service, { schedulers: 1 })
* assert.deepEqual([asked, code], ['SIGTERM', 0])
* ```
*/
declare const runApplication: (applications: Application | readonly Application[], options?: RunApplicationOptions) => Promise<ApplicationOutcome>;
/**
* Subscribes a consumer to a producer, from outside of both; a consumer does so itself by `begin` or its method `subscribe`.
*
* @param consumer - a stage that consumes, or its name
* @param to - a producer or its name, or an object with that as `to` and how the subscription is
* @param options - as of `call`
* @returns the number of the subscription, for {@link cancelSubscription}
* @throws at the call TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`; rejects with RumpusError
* `ERR_RUMPUS_NOPROC` if nobody has that name, `ERR_RUMPUS_BAD_ARGUMENT` if it is no consumer, and as `call` does
* @example
* ```ts
* import { run, send } from 'rumpus'
* import { Consumer, produceFrom, startServer, subscribe } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Passes extends Consumer {
*   begin(to) {
*     this.to = to
*   }
*   handleEvents(events) {
*     for (const event of events) send(this.to, event)
*   }
* }
*
* await run(async (self) => {
*   const letters = await startServer(self, produceFrom('ab'))
*   const passes = await startServer(self, Passes, { args: [self.pid] })
*   await subscribe(passes, { to: letters, cancel: 'temporary' })
*   assert.deepEqual([await self.receive(), await self.receive()], ['a', 'b'])
* })
* ```
*/
declare const subscribe: <Event>(consumer: Pid<Delivering<Event>> | string, to: SubscribeTo<Event>, options?: CallOptions) => Promise<number>;
/**
* Takes a subscription back, and resolves when all that was sent by it has been handled. Then nothing has been lost; what the producer had
* not sent is for others.
*
* @param consumer - the consumer, or its name
* @param ref - what {@link subscribe} answered; one that is over is no mistake
* @param options - as of `call`
* @throws as `call` does
* @example
* ```ts
* import { run } from 'rumpus'
* import { cancelSubscription, Consumer, Producer, stageStatus, startServer, subscribe } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Silent extends Producer {}
* class Idle extends Consumer {}
*
* await run(async (self) => {
*   const [silent, idle] = [await startServer(self, Silent), await startServer(self, Idle)]
*   const ref = await subscribe(idle, silent)
*   await cancelSubscription(idle, ref)
*   assert.deepEqual((await stageStatus(silent)).subscribers, [])
* })
* ```
*/
declare const cancelSubscription: (consumer: Pid<never> | string, ref: number, options?: CallOptions) => Promise<void>;
/**
* Has a producer hear of demand (`'forward'`), or not yet (`'accumulate'`), so that all consumers are there before the first event is.
*
* @param producer - a stage that produces, or its name
* @param demand - which; a producer begins as its option `demand` says
* @param options - as of `call`
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`; rejects as `call` does
* @example
* ```ts
* import { run } from 'rumpus'
* import { consume, Producer, setDemand, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Ticks extends Producer {
*   begin = () => ({ dispatcher: 'broadcast', demand: 'accumulate' })
*   handleDemand = (count) => Array.from({ length: count }, (_, n) => n)
* }
*
* await run(async (self) => {
*   const ticks = await startServer(self, Ticks)
*   const firsts = [1, 2].map(async () => {
*     for await (const first of consume(self, ticks)) return first
*   })
*   await setDemand(ticks, 'forward')
*   assert.deepEqual(await Promise.all(firsts), [0, 0])
* })
* ```
*/
declare const setDemand: (producer: Pid<never> | string, demand: "forward" | "accumulate", options?: CallOptions) => Promise<void>;
/**
* Ends a stage when all that it has is out: a producer makes no more, a consumer takes its subscriptions back; `handleDrain` is called, what
* waits for demand is sent as it comes, and then the stage ends normally. Consumers whose subscription is `'permanent'` do the same then:
* to drain the first stage drains them all. Resolves when this one has ended.
*
* A consumer that asks for no more, or that is not there, holds it up: `timeout` ends the wait, not the stage. Below a supervisor it must
* be `'transient'`, or it is started anew.
*
* @param stage - the stage, or its name
* @param options - as of `call`, with no time limit unless given
* @throws as `call` does; RumpusError `ERR_RUMPUS_DOWN` if it ends for another reason, `cause`
* @example
* ```ts
* import { run } from 'rumpus'
* import { consume, drainStage, Producer, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Mail extends Producer {
*   handleCast(letter) {
*     this.emit([letter])
*   }
*   handleDrain = () => ['the last']
* }
*
* await run(async (self) => {
*   const mail = await startServer(self, Mail)
*   const drained = drainStage(mail)
*   const seen = []
*   for await (const letter of consume(self, mail)) seen.push(letter)
*   await drained
*   assert.deepEqual(seen, ['the last'])
* })
* ```
*/
declare const drainStage: (stage: Pid<never> | string, options?: CallOptions) => Promise<void>;
/**
* What a stage has and waits for. For people and dashboards.
*
* @param stage - the stage, or its name
* @param options - as of `call`
* @throws as `call` does
* @example
* ```ts
* import { run } from 'rumpus'
* import { Producer, stageStatus, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Source extends Producer {
*   handleCall(event) {
*     this.emit([event])
*     return 'kept'
*   }
* }
*
* await run(async (self) => {
*   const source = await startServer(self, Source)
*   await self.call(source, 'an event')
*   const { buffered, demand, subscribers } = await stageStatus(source)
*   assert.deepEqual([buffered, demand, subscribers], [1, 0, []])
* })
* ```
*/
declare const stageStatus: (stage: Pid<never> | string, options?: CallOptions) => Promise<StageStatus>;
/** What happens in a state machine. */
type MachineEvent<State extends string = string, Request = unknown, Casting = unknown, Info = unknown> = {
  readonly type: "enter";
  readonly from: State | undefined;
} | {
  readonly type: "call";
  readonly request: Request;
  readonly from: ReplyTo;
} | {
  readonly type: "cast";
  readonly message: Casting;
} | {
  readonly type: "info";
  readonly message: Info | Down | Exit;
} | {
  readonly type: "internal";
  readonly what: unknown;
} | {
  readonly type: "state-timeout";
  readonly what: unknown;
} | {
  readonly type: "event-timeout";
  readonly what: unknown;
} | {
  readonly type: "timer";
  readonly name: string;
  readonly what: unknown;
};
/** In how many milliseconds, what is to be said then; null: not any more. */
type Timing = number | {
  readonly ms: number;
  readonly what: unknown;
} | null;
/** What a state machine does in answer to an event; nothing of it unless it is said. */
interface Transition<State extends string = string> {
  /** The next state. If it is another than now, what was postponed is taken again and the state's time-out is off. */
  readonly next?: State;
  /** Enters the state again though it is the same. */
  readonly again?: boolean;
  /** Takes this event again when the state has changed. */
  readonly postpone?: boolean;
  /** The answer to the call that this event is. */
  readonly reply?: unknown;
  /** An event when the state has lasted so long; off when it changes. */
  readonly stateTimeout?: Timing;
  /** An event when nothing has happened for so long; off with whatever happens next. */
  readonly eventTimeout?: Timing;
  /** Events later, whatever the state is by then; by name, one each. */
  readonly timers?: Readonly<Record<string, Timing>>;
  /** Internal events, before whatever waits. */
  readonly events?: readonly unknown[];
  /** Ends the machine for this reason. */
  readonly stop?: ReasonGiven;
}
/** What a state machine may answer to an event: the next state, more than that, or nothing. */
type Moved<State extends string> = State | Transition<State> | void | undefined | PromiseLike<State | Transition<State> | void | undefined>;
/**
* A server that is in one of several states: extend this, say in {@link StateMachine.begin} which is the first, and in
* {@link StateMachine.handleEvent} what each event does in each state. Start it as a server, or as the child of a supervisor.
*
* For protocols, connections, devices: where the same request means something else by what went before, where a state lasts no longer
* than so long, or where something must wait until the state is another. Where nothing depends on a state, a {@link Server} is simpler.
*
* @example
* ```ts
* import { run } from 'rumpus'
* import { startServer, StateMachine } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Door extends StateMachine {
*   begin(code) {
*     this.code = code
*     return 'locked'
*   }
*   handleEvent(event, state) {
*     if (event.type === 'enter') return state === 'open' ? { stateTimeout: 20 } : undefined
*     if (event.type === 'state-timeout') return 'locked'
*     if (event.type !== 'call') return
*     if (event.request === 'state') return { reply: state }
*     if (event.request === 'wait until locked') return state === 'locked' ? { reply: 'locked' } : { postpone: true }
*     if (event.request === this.code) return { next: 'open', reply: 'come in' }
*     return { reply: 'no' }
*   }
* }
*
* await run(async (self) => {
*   const door = await startServer(self, Door, { args: ['1234'] })
*   assert.equal(await self.call(door, '0000'), 'no')
*   assert.equal(await self.call(door, '1234'), 'come in')
*   assert.equal(await self.call(door, 'state'), 'open')
*   assert.equal(await self.call(door, 'wait until locked'), 'locked')
* })
* ```
*/
declare class StateMachine<State extends string = string, Request = unknown, Casting = unknown, Info = never> extends Server<Request, Casting, Info> {
  #private;
  /** The state it is in. */
  state: State | undefined;
  /**
  * Called first, with the arguments of the start: answers the first state, or a transition with `next`.
  *
  * @param _args - what was given as `args`
  */
  begin(..._args: never[]): State | Transition<State> | PromiseLike<State | Transition<State>>;
  /**
  * Something has happened: answers what the machine does. While it is async, whatever else happens waits.
  *
  * @param _event - what
  * @param _state - the state it is in; for an event of type `'enter'` the one that begins
  */
  handleEvent(_event: MachineEvent<State, Request, Casting, Info>, _state: State): Moved<State>;
  /** Begins; override {@link StateMachine.begin}. */
  override init(...args: never[]): Promise<Action | undefined>;
  /** Takes a call as an event; override {@link StateMachine.handleEvent}. */
  override handleCall(request: Request, from: ReplyTo<ReplyOf<Request>>): Promise<NoReply | Action>;
  /** Takes a cast as an event; override {@link StateMachine.handleEvent}. */
  override handleCast(message: Casting): Promise<Action | undefined>;
  /** Takes any other message as an event; override {@link StateMachine.handleEvent}. */
  override handleInfo(message: Info | Down | Exit): Promise<Action | undefined>;
}
declare const holds: unique symbol;
/**
* A store outside this isolate: an ordinary number within 53 bits, as a pid is, good for messages, JSON and Map keys. Its runtime gives
* it to no other store.
*/
type StoreHandle<Key = unknown, Value = unknown> = number & {
  /** For the compiler alone. */readonly [holds]: [Key, Value];
};
/** Whose a store is: a process, by its `self`, or a runtime. */
type StoreOwner = Self<never> | Runtime | {
  /** Its own address. */readonly pid: Pid<never>;
};
/** How a store is. */
interface StoreOptions {
  /** By which it is found, too; unique among the stores of a runtime, and free again when it ends. */
  readonly name?: string;
  /** Who has it when its owner has ended; then it gets a {@link StoreTransfer}. */
  readonly heir?: Pid<never>;
  /** What that one is told then; it must be able to cross. */
  readonly heirData?: unknown;
  /** Entries at most. */
  readonly maxEntries?: number;
  /** Bytes at most, of keys and values as they are kept; about 100 more an entry are not counted. */
  readonly maxBytes?: number;
  /**
  * What becomes of a write for which there is no room: `'refuse'`, unless given: it throws, and nothing has changed; `'drop-oldest'`: the
  * entries written before all others go. Such a store has one lock for all, where others have many.
  */
  readonly overflow?: "refuse" | "drop-oldest";
}
/** A store, as it is shown. */
interface StoreView {
  /** Its name, if it has one. */
  readonly name: string | undefined;
  /** Whose it is; nobody's if it is the runtime's. */
  readonly owner: Pid | undefined;
  /** Whose it is when that has ended. */
  readonly heir: Pid | undefined;
  /** How many entries it has. */
  readonly entries: number;
  /** Bytes of their keys and values, as they are kept. */
  readonly bytes: number;
  /** Entries that went for newer ones, ever. */
  readonly dropped: number;
  /** Entries it may have, if there is a limit. */
  readonly maxEntries: number | undefined;
  /** Bytes it may have, if there is a limit. */
  readonly maxBytes: number | undefined;
}
/**
* A table of values by keys that every process of a runtime reads and writes, on every core, at once: no message, no promise, no server
* in between. Its data lie outside the heaps of all threads: they are there for all when `put` returns, and a thread that dies takes
* nothing along. It belongs to a process, and ends with it unless that has named an heir; or to the runtime.
*
* For what many read and some write: sessions, caches, counters, results. Not for a value that changes by rules: a server, which has
* them in one place; not for large values that are read often: each read makes a new one, as a message would.
*
* **Keys** are texts, numbers (pids too), bigints, and lists of up to 64 of these, booleans and null; 1024 bytes at most. They are
* compared by value. **Values** are what can cross, except `undefined`, which is what is under a key where nothing is. What is read is
* a copy, one's own to change; to change what is in the store, put it again, or `update`.
*
* Making one of these starts nothing: it finds a store that {@link Store.create} has made, by its name or its handle. By its name it
* finds whichever store has that now, at each call: also the one that a restarted owner has made.
*
* Every operation on one key is atomic, and in one order for all threads. All throw RumpusError `ERR_RUMPUS_NO_STORE` where the store has
* ended, TypeError `ERR_RUMPUS_BAD_ARGUMENT` and RangeError `ERR_RUMPUS_OUT_OF_RANGE` for what is no key.
*
* @example
* ```ts
* import { define, run, send } from 'rumpus'
* import { Store } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* const hits = new Store('hits')
* const visitor = define(import.meta.url, 'visitor', async (self, to, page) => {
*   hits.add(page)
*   hits.update(['pages', 'all'], (pages = []) => (pages.includes(page) ? pages : [...pages, page].sort()))
*   send(to, 'done')
* })
*
* await run(async (self) => {
*   Store.create(self, { name: 'hits' })
*   for (const page of ['/', '/about', '/']) self.spawn(visitor, self.pid, page)
*   for (let i = 0; i < 3; i++) await self.receive()
*   assert.equal(hits.get('/'), 2)
*   assert.deepEqual(hits.get(['pages', 'all']), ['/', '/about'])
* })
* ```
*/
declare class Store<Key extends StoreKey$1 = StoreKey$1, Value = unknown> {
  private readonly at;
  /**
  * @param found - its name, or its handle
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
  */
  constructor(found: string | StoreHandle<Key, Value>);
  /**
  * Makes a store.
  *
  * @param owner - whose it is: a process, with which it ends, or is its heir's; or the runtime
  * @param options - its name, its heir, its limits
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`, RumpusError `ERR_RUMPUS_NAME_TAKEN`, its `cause`
  * being `{ pid, store }`, `ERR_RUMPUS_NOPROC` if the process must end, UncrossableError for `heirData`
  * @example
  * ```ts
  * import { run } from 'rumpus'
  * import { Store } from 'rumpus/otp'
  * import assert from 'node:assert/strict'
  *
  * await run(async (self) => {
  *   const cache = Store.create(self, { maxEntries: 2, overflow: 'drop-oldest' })
  *   cache.put('a', 1).put('b', 2).put('c', 3)
  *   assert.deepEqual([...cache.keys()].sort(), ['b', 'c'])
  * })
  * ```
  */
  static create<Key extends StoreKey$1 = StoreKey$1, Value = unknown>(owner: StoreOwner, options?: StoreOptions): Store<Key, Value>;
  /**
  * The number by which others find it, on any scheduler: `new Store(handle)`. Plain data; one that is found by its name needs none.
  *
  * @throws as all do, if it is found by a name
  */
  get handle(): StoreHandle<Key, Value>;
  /**
  * What is under a key, a copy; `undefined` where nothing is.
  *
  * @param key - the key
  * @throws RumpusError `ERR_RUMPUS_UNKNOWN_MESSAGE` if this thread does not know a class of what is there
  */
  get(key: Key): Value | undefined;
  /**
  * Whether anything is under a key.
  *
  * @param key - the key
  */
  has(key: Key): boolean;
  /**
  * Puts a value under a key, in place of what is there. When this returns it is there for all, whatever becomes of this thread.
  *
  * @param key - the key
  * @param value - anything that can cross, but not `undefined`
  * @throws UncrossableError, RumpusError `ERR_RUMPUS_STORE_FULL` if there is no room
  */
  put(key: Key, value: Value): this;
  /**
  * Puts a value under a key where nothing is.
  *
  * @param key - the key
  * @param value - as of {@link Store.put}
  * @returns whether nothing was there
  * @throws as {@link Store.put}
  */
  putNew(key: Key, value: Value): boolean;
  /**
  * Changes what is under a key, atomically: what `change` answers is put only if nobody has changed it since it was read. Otherwise `change` is
  * called again, with what is there then: let it be short, and have no effect of its own. For sums {@link Store.add} is cheaper.
  *
  * @param key - the key
  * @param change - is given a copy of what is there, or `undefined`; answers what is to be there, `undefined` for nothing
  * @returns what is there now
  * @throws what `change` throws, and nothing has changed then; as {@link Store.put}; RumpusError `ERR_RUMPUS_CONTENDED` if others were
  * faster 10 000 times, as when `change` itself writes under the key
  * @example
  * ```ts
  * import { run } from 'rumpus'
  * import { Store } from 'rumpus/otp'
  * import assert from 'node:assert/strict'
  *
  * await run(async (self) => {
  *   const accounts = Store.create(self)
  *   accounts.put('ada', { cents: 500, open: true })
  *   const pay = (cents) => accounts.update('ada', (account) => ({ ...account, cents: account.cents - cents }))
  *   assert.equal(pay(120).cents, 380)
  * })
  * ```
  */
  update(key: Key, change: (value: Value | undefined) => Value | undefined): Value | undefined;
  /**
  * Adds to the number under a key, atomically.
  *
  * @param key - the key
  * @param by - how much; 1 unless given
  * @param initial - to what, where nothing is; 0 unless given
  * @returns the sum
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if what is there is no number; as {@link Store.put}
  */
  add(key: Key, by?: number, initial?: number): number;
  /**
  * What is under a key, and it is there no more: of several who take, one has it.
  *
  * @param key - the key
  * @throws as {@link Store.get}; it is gone then, too
  */
  take(key: Key): Value | undefined;
  /**
  * Takes away what is under a key.
  *
  * @param key - the key
  * @returns whether anything was there
  */
  delete(key: Key): boolean;
  /**
  * How many entries there are, or whose keys fit a pattern, which takes a look at every key. While others write it is a figure of no one
  * moment: who was there throughout is counted, once.
  *
  * @param pattern - which keys
  */
  count(pattern?: StorePattern$1): number;
  /**
  * Takes all entries away, or those whose keys fit a pattern: each by itself, while others may write.
  *
  * @param pattern - which keys
  * @returns how many
  */
  clear(pattern?: StorePattern$1): number;
  /**
  * Entries as pairs of key and value, in no order. Others may write meanwhile: an entry that is there from the first step to the last is
  * given once, no key is given twice, and what comes, changes or goes meanwhile may be given as it is or not at all.
  *
  * @param pattern - which keys; every key is looked at
  * @example
  * ```ts
  * import { run } from 'rumpus'
  * import { anything, Store } from 'rumpus/otp'
  * import assert from 'node:assert/strict'
  *
  * await run(async (self) => {
  *   const store = Store.create(self)
  *   store.put(['ada', 'tea'], 3).put(['ada', 'milk'], 1).put(['bob', 'tea'], 2)
  *   assert.deepEqual(Object.fromEntries([...store.entries(['ada', anything])].map(([[, what], n]) => [what, n])), { tea: 3, milk: 1 })
  * })
  * ```
  */
  entries(pattern?: StorePattern$1): IterableIterator<[Key, Value]>;
  /** The same, for `for (const [key, value] of store)`. */
  [Symbol.iterator](): IterableIterator<[Key, Value]>;
  /**
  * The keys of {@link Store.entries}, without making the values.
  *
  * @param pattern - which keys
  */
  keys(pattern?: StorePattern$1): IterableIterator<Key>;
  /** The values of {@link Store.entries}. */
  values(pattern?: StorePattern$1): IterableIterator<Value>;
  /** What is to be seen of it. */
  inspect(): StoreView;
  /**
  * Names who has it when its owner has ended; nobody, unless given. An heir that has ended by then, or must, has nothing, and the store
  * ends. Who inherits it owns it, names an heir of its own, and gets a {@link StoreTransfer}, before any news of that end.
  *
  * @param owner - whose it is, as of {@link Store.create}
  * @param heir - who has it then
  * @param data - what that one is told; it must be able to cross
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RumpusError `ERR_RUMPUS_NOT_OWNER`, UncrossableError
  * @example
  * ```ts
  * import { run } from 'rumpus'
  * import { Store } from 'rumpus/otp'
  * import assert from 'node:assert/strict'
  *
  * await run(async (self) => {
  *   const owner = self.spawn(async (me) => {
  *     const results = Store.create(me, { heir: self.pid, heirData: 'the results' })
  *     results.put('answer', 42)
  *     throw new Error('a crash')
  *   })
  *   const { type, store, from, data } = await self.receive()
  *   assert.deepEqual([type, from, data], ['store-transfer', owner, 'the results'])
  *   assert.equal(new Store(store).get('answer'), 42)
  * }, { onCrash() {} })
  * ```
  */
  setHeir(owner: StoreOwner, heir?: Pid<never>, data?: unknown): void;
  /**
  * Gives it to another process, which owns it when this returns, and gets a {@link StoreTransfer}. The heir is forgotten.
  *
  * @param owner - whose it is, as of {@link Store.create}
  * @param to - whose it is then
  * @param data - what that one is told; it must be able to cross
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RumpusError `ERR_RUMPUS_NOT_OWNER`, `ERR_RUMPUS_NOPROC`, UncrossableError
  */
  give(owner: StoreOwner, to: Pid<never>, data?: unknown): void;
  /**
  * Ends it and frees its memory, whosever it is: for whom it is no longer there, and its heir hears nothing.
  *
  * @returns false if it had ended
  */
  end(): boolean;
}
/** A server as {@link getStatus} shows it. */
interface ServerStatus {
  /** The name of its class. */
  readonly name: string;
  /** Whether its messages wait until it is resumed. */
  readonly suspended: boolean;
  /** Messages that wait for it. */
  readonly waiting: number;
  /** Messages that its callbacks have taken. */
  readonly handled: number;
}
/**
* The state of a server: its own fields, functions left out. For debuggers and tests; it comes in its turn among the messages. On
* the same scheduler the values themselves are shown: do not change them.
*
* @param to - a server, or its name
* @param options - as of `call`
* @throws as `call` does; what cannot cross is an error with the path of it
* @example
* ```ts
* import { run } from 'rumpus'
* import { getState, Server, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Tally extends Server {
*   seen = 3
* }
*
* await run(async (self) => assert.deepEqual(await getState(await startServer(self, Tally)), { seen: 3 }))
* ```
*/
declare const getState: (to: Pid<never> | string, options?: CallOptions) => Promise<Record<string, unknown>>;
/**
* Gives a server other state: its fields are those of `state` from then on. For debuggers; it knows nothing of what the server
* relies on.
*
* @param to - a server, or its name
* @param state - all fields
* @param options - as of `call`
* @throws as `call` does
* @example
* ```ts
* import { run } from 'rumpus'
* import { getState, replaceState, Server, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Tally extends Server {
*   seen = 3
* }
*
* await run(async (self) => {
*   const tally = await startServer(self, Tally)
*   await replaceState(tally, { seen: 4 })
*   assert.deepEqual(await getState(tally), { seen: 4 })
* })
* ```
*/
declare const replaceState: (to: Pid<never> | string, state: Readonly<Record<string, unknown>>, options?: CallOptions) => Promise<void>;
/**
* What a server is and how much waits for it. For people and dashboards.
*
* @param to - a server, or its name
* @param options - as of `call`
* @throws as `call` does
* @example
* ```ts
* import { run } from 'rumpus'
* import { getStatus, Server, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Idle extends Server {}
*
* await run(async (self) => {
*   const status = await getStatus(await startServer(self, Idle))
*   assert.deepEqual(status, { name: 'Idle', suspended: false, waiting: 0, handled: 0 })
* })
* ```
*/
declare const getStatus: (to: Pid<never> | string, options?: CallOptions) => Promise<ServerStatus>;
/**
* Pauses a server: its messages wait until {@link resume}, in their order; debuggers are still answered.
*
* @param to - a server, or its name
* @param options - as of `call`
* @throws as `call` does
* @example
* ```ts
* import { call, run } from 'rumpus'
* import { resume, Server, startServer, suspend } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Echo extends Server {
*   handleCall = (request) => request
* }
*
* await run(async (self) => {
*   const echo = await startServer(self, Echo)
*   await suspend(echo)
*   await assert.rejects(call(echo, 'anybody?', { timeout: 10 }), { code: 'ERR_RUMPUS_TIMEOUT' })
*   await resume(echo)
*   assert.equal(await call(echo, 'back'), 'back')
* })
* ```
*/
declare const suspend: (to: Pid<never> | string, options?: CallOptions) => Promise<void>;
/**
* Has a server go on that {@link suspend} paused: with what waited, first.
*
* @param to - a server, or its name
* @param options - as of `call`
* @throws as `call` does
* @example
* ```ts
* import { run } from 'rumpus'
* import { getStatus, resume, Server, startServer, suspend } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Idle extends Server {}
*
* await run(async (self) => {
*   const idle = await startServer(self, Idle)
*   await suspend(idle)
*   assert.equal((await getStatus(idle)).suspended, true)
*   await resume(idle)
*   assert.equal((await getStatus(idle)).suspended, false)
* })
* ```
*/
declare const resume: (to: Pid<never> | string, options?: CallOptions) => Promise<void>;
/**
* Ends a server in its turn among the messages: `terminate` is called, then it ends for `reason`. Resolves when it has ended. For one
* that a supervisor looks after, `terminateChild` is the way: the supervisor would start it anew.
*
* @param to - a server, or its name
* @param reason - why; `'normal'` unless given
* @param options - as of `call`
* @throws as `call` does; RumpusError `ERR_RUMPUS_DOWN` if it ends for another reason, `cause`
* @example
* ```ts
* import { isAlive, run } from 'rumpus'
* import { Server, startServer, stopServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* class Idle extends Server {}
*
* await run(async (self) => {
*   const idle = await startServer(self, Idle)
*   await stopServer(idle)
*   assert.equal(isAlive(idle), false)
* })
* ```
*/
declare const stopServer: (to: Pid<never> | string, reason?: ReasonGiven, options?: CallOptions) => Promise<void>;
/** How a stream of tasks is. */
interface TaskStreamOptions {
  /** How many tasks at a time; as many as there are scheduler threads unless given. */
  readonly maxConcurrency?: number;
  /** Whether results come in the order of the inputs (unless given) or as they are there. In order one that is slow holds up the others. */
  readonly ordered?: boolean;
  /** How long each may take, in milliseconds; it is killed then. As long as it takes unless given. */
  readonly timeout?: number;
  /** A dynamic supervisor, or its name, whose children they are to be. */
  readonly supervisor?: Pid<never> | string;
  /** Ends the stream when aborted, with an AbortError. */
  readonly signal?: AbortSignal;
}
/** What became of one input. */
type TaskSettled<Input, Result> = {
  readonly index: number;
  readonly input: Input;
  readonly status: "fulfilled";
  readonly value: Result;
} | {
  readonly index: number;
  readonly input: Input;
  readonly status: "rejected";
  readonly reason: unknown;
};
/**
* Runs a task for each input, no more than `maxConcurrency` at a time, and gives what became of each. An input is taken when there is
* room, so they may be without end; at most `maxConcurrency` results wait to be taken, twice as many inputs are on their way when the
* results come in order. Who leaves the loop early ends the tasks that still run.
*
* @param owner - the process that waits, with which all ends, or the runtime
* @param inputs - what to work on: an iterable, async or not; what it throws ends the stream
* @param what - as of `Task.async`; given `self` and the input
* @param options - how many at a time, in which order, for how long
* @throws at the call TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`; then what `inputs` throws, AbortError, and
* ProcessExit if the owner must end
* @example
* ```ts
* import { run } from 'rumpus'
* import { defineTask, taskStream } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* const lengths = defineTask(import.meta.url, 'lengths', (self, text) => {
*   if (text === '') throw new RangeError('nothing to measure')
*   return text.length
* })
*
* await run(async (self) => {
*   const seen = []
*   for await (const { input, status, value } of taskStream(self, ['a', '', 'abc'], lengths, { maxConcurrency: 2 })) {
*     seen.push([input, status === 'fulfilled' ? value : 'failed'])
*   }
*   assert.deepEqual(seen, [['a', 1], ['', 'failed'], ['abc', 3]])
* })
* ```
*/
declare const taskStream: <Input, Result>(owner: TaskOwner, inputs: Iterable<Input> | AsyncIterable<Input>, what: TaskBody<readonly [Input], Result>, options?: TaskStreamOptions) => AsyncGenerator<TaskSettled<Input, Awaited<Result>>, void, undefined>;
/** A key, or how it follows from the arguments of the start. */
type ViaKey = RegistryKey | ((...args: never[]) => RegistryKey);
/**
* What is started under a key of a registry: give it to `startServer`, or to a supervisor as `start`. It has the key before its `init`
* begins, so whoever finds it there may ask it; if somebody has the key, the start fails. It ends when the registry ends.
*
* @param registry - the registry, which must run by then
* @param key - the key, or a function that is given the arguments of the start and answers it
* @param what - a class of servers, an object of callbacks, what `supervisor` answered, or a body
* @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`; the start rejects with `ERR_RUMPUS_INIT` if the key is taken, the `cause` saying so
* @example
* ```ts
* import { run } from 'rumpus'
* import { Registry, Server, startServer, via } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* const users = new Registry('users')
* class User extends Server {
*   init(name) {
*     this.name = name
*   }
*   handleCall = () => this.name
* }
*
* await run(async (self) => {
*   await users.start(self)
*   await startServer(self, via(users, (name) => name, User), { args: ['ada'] })
*   assert.equal(await users.call('ada', 'who?'), 'ada')
*   const twice = startServer(self, via(users, 'ada', User), { args: ['ada'] })
*   await assert.rejects(twice, { code: 'ERR_RUMPUS_INIT', message: /the key "ada" belongs to process/ })
* })
* ```
*/
declare const via: (registry: Registry, key: ViaKey, what: Startable) => AnyBody;
/**
* Defines what is started under a key of a registry, for any scheduler: see `define`, whose rules are the same, and {@link via}.
*
* @param url - `import.meta.url`
* @param name - unique in the module
* @param registry - the registry
* @param key - the key, or a function that is given the arguments of the start and answers it
* @param what - a class of servers, an object of callbacks, what `supervisor` answered, or a body
* @returns the definition, for `startServer` and as a child of supervisors
* @throws as {@link via} and `define`
* @example
* ```ts
* import { run } from 'rumpus'
* import { defineVia, Registry, Server, startServer } from 'rumpus/otp'
* import assert from 'node:assert/strict'
*
* const users = new Registry('users')
* class User extends Server {
*   handleCall = (words) => words.length
* }
* const user = defineVia(import.meta.url, 'user', users, (name) => name, User)
*
* await run(async (self) => {
*   await users.start(self)
*   await startServer(self, user, { args: ['ada'], on: 1 })
*   assert.equal(await users.call('ada', 'hello'), 5)
* })
* ```
*/
declare const defineVia: (url: string, name: string, registry: Registry, key: ViaKey, what: Startable) => Definition<Call, readonly unknown[]>;
export { type Action, Agent, type AgentDefinition, type AgentFunctions, type AgentOptions, type AgentRequest, type AnyBody, type Application, type ApplicationContext, type ApplicationOptions, type ApplicationOutcome, type ApplicationReport, type ApplicationSelf, type ApplicationSpec, type ApplicationView, type Applications, type Backoff, type Begun, type Callbacks, type Cast, type ChildCounts, type ChildSpec, type ChildView, ConfigError, type ConfigField, type ConfigMistake, type ConfigOf, type ConfigShape, type ConsumeOptions, Consumer, type ConsumerOptions, type Delivering, type Dispatching, type Done, type Emitted, type Environment, type FieldOf, type GroupOptions, type Handled, type Health, type Joining, type MachineEvent, type Moved, type NoReply, type Outcome, type PartitionsOptions, Producer, ProducerConsumer, type ProducerOptions, type Producible, type PublishOptions, Registry, type RegistryEntry, type RegistryKey, type RegistryOptions, type RegistryRequest, type ReplyOf, type RunApplicationOptions, Secret, Server, type ServerClass, type ServerDefinition, type ServerPid, type ServerStatus, type SignalSource, type StageBuffer, type StageStatus, type StartApplicationOptions, type StartOptions, type Startable, type StartableDefinition, StateMachine, Store, type StoreHandle, type StoreKey, type StoreKeyPart, type StoreOptions, type StoreOwner, type StorePattern, type StoreTransfer, type StoreView, type SubscribeOptions, type SubscribeTo, type SubscriberView, type Subscribing, type Subscription, type SubscriptionView, type SupervisorOptions, type SupervisorPid, type SupervisorReport, type SupervisorRequest, Task, type TaskBody, type TaskDefinition, type TaskOwner, type TaskSettled, type TaskStreamOptions, type Timing, type Top, type Transition, type ViaKey, agent, anything, application, callMany, cancelSubscription, cast, consume, continueWith, countChildren, defineAgent, defineServer, defineSupervisor, defineTask, defineVia, deleteChild, drainStage, getState, getStatus, hibernate, join, leave, localMembers, members, noReply, partition$1 as partition, partitions, produceFrom, publish, replaceState, restartChild, resume, runApplication, setDemand, stageStatus, startApplication, startChild, startPartitions, startServer, startSupervisor, stopServer, stopWith, subscribe, supervisor, suspend, taskStream, terminateChild, via, whichChildren };