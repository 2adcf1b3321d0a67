// The table of contents of `rumpus/otp`: servers and supervisors, made of the processes of `rumpus`, which it shares with that. A
// program that has none of them loads nothing of this.

export { anything, type StoreKey, type StoreKeyPart, type StorePattern } from './kernel/store/keys.ts'
export type { StoreTransfer } from './kernel/store/post-store.ts'
export type { Action, NoReply } from './otp/actions.ts'
export {
  Agent,
  type AgentDefinition,
  type AgentFunctions,
  type AgentOptions,
  type AgentRequest,
  agent,
  defineAgent,
} from './otp/agent.ts'
export {
  type ApplicationOptions,
  application,
  type SignalSource,
  type StartApplicationOptions,
  startApplication,
} from './otp/application.ts'
export type { ApplicationReport } from './otp/application-report.ts'
export type {
  Application,
  ApplicationContext,
  ApplicationOutcome,
  ApplicationSelf,
  ApplicationSpec,
  Applications,
  ApplicationView,
  Health,
  Top,
} from './otp/application-spec.ts'
export type { SupervisorReport } from './otp/child-life.ts'
export type { ChildSpec, Startable, StartableDefinition, SupervisorOptions } from './otp/child-spec.ts'
export { ConfigError, type ConfigMistake, type Environment } from './otp/config.ts'
export type { ConfigField, ConfigOf, ConfigShape, FieldOf } from './otp/config-shape.ts'
export { type ConsumeOptions, consume } from './otp/consume.ts'
export {
  type GroupOptions,
  type Joining,
  join,
  leave,
  localMembers,
  members,
  type PublishOptions,
  publish,
} from './otp/groups.ts'
export { type PartitionsOptions, partition, partitions, startPartitions } from './otp/partitions.ts'
export { type Producible, produceFrom } from './otp/produce-from.ts'
export { ProducerConsumer } from './otp/producer-consumer.ts'
export { Registry, type RegistryOptions } from './otp/registry.ts'
export type { RegistryEntry, RegistryKey, RegistryRequest } from './otp/registry-table.ts'
export type { Backoff } from './otp/restarts.ts'
export { type RunApplicationOptions, runApplication } from './otp/run-application.ts'
export { Secret } from './otp/secret.ts'
export {
  type Cast,
  continueWith,
  type Done,
  type Handled,
  hibernate,
  noReply,
  type ReplyOf,
  Server,
  type ServerPid,
  stopWith,
} from './otp/server.ts'
export { Consumer, Producer } from './otp/stage.ts'
export type { Begun, Emitted } from './otp/stage-open.ts'
export type {
  ConsumerOptions,
  Delivering,
  Dispatching,
  ProducerOptions,
  StageBuffer,
  StageStatus,
  SubscribeOptions,
  SubscriberView,
  SubscribeTo,
  Subscribing,
  Subscription,
  SubscriptionView,
} from './otp/stage-shapes.ts'
export { cancelSubscription, drainStage, setDemand, stageStatus, subscribe } from './otp/stage-verbs.ts'
export {
  type Callbacks,
  callMany,
  cast,
  defineServer,
  type Outcome,
  type ServerClass,
  type ServerDefinition,
  type StartOptions,
  startServer,
} from './otp/start-server.ts'
export type { AnyBody } from './otp/starting.ts'
export { type Moved, StateMachine } from './otp/state-machine.ts'
export { Store } from './otp/store.ts'
export type { StoreHandle, StoreOptions, StoreOwner, StoreView } from './otp/store-shapes.ts'
export {
  countChildren,
  defineSupervisor,
  deleteChild,
  restartChild,
  type SupervisorPid,
  startChild,
  startSupervisor,
  supervisor,
  terminateChild,
  whichChildren,
} from './otp/supervisor.ts'
export type { ChildCounts, ChildView, SupervisorRequest } from './otp/supervisor-requests.ts'
export {
  getState,
  getStatus,
  replaceState,
  resume,
  type ServerStatus,
  stopServer,
  suspend,
} from './otp/system.ts'
export { defineTask, Task, type TaskBody, type TaskDefinition, type TaskOwner } from './otp/task.ts'
export { type TaskSettled, type TaskStreamOptions, taskStream } from './otp/task-stream.ts'
export type { MachineEvent, Timing, Transition } from './otp/transitions.ts'
export { defineVia, type ViaKey, via } from './otp/via.ts'
