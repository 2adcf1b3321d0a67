%% Rival `erlang`: what OTP's own servers, supervisors and tables take for the work of a row. Prints the nanoseconds an operation of the
%% median round, and how many operations there were. Compiled and called by erlang.js, which leaves no file behind.
-module(erlang_rival).
-export([main/3, start_child/1, init/1, handle_call/3, handle_cast/2, handle_info/2]).

main(Row, Ms, WarmMs) ->
    {Operations, Round} = row(Row),
    rounds(Round, WarmMs),
    Taken = lists:sort(rounds(Round, Ms)),
    Median = lists:nth(length(Taken) div 2 + 1, Taken),
    io:format("~.3f ~b~n", [Median / Operations, Operations * length(Taken)]),
    halt(0).

rounds(Round, Ms) -> rounds(Round, erlang:monotonic_time(millisecond) + Ms, []).

rounds(Round, Until, Sofar) ->
    Start = erlang:monotonic_time(nanosecond),
    Round(),
    Taken = [erlang:monotonic_time(nanosecond) - Start | Sofar],
    case erlang:monotonic_time(millisecond) >= Until of
        true -> Taken;
        false -> rounds(Round, Until, Taken)
    end.

%% Operations of a round, and the round.
row("local/ping-pong") ->
    Other = spawn_link(fun echo/0),
    {20000, fun() -> ping(Other, 10000) end};
row("server/call") ->
    {ok, Server} = gen_server:start_link(?MODULE, server, []),
    {10000, fun() -> times(10000, fun() -> gen_server:call(Server, ask) end) end};
row("server/cast") ->
    {ok, Server} = gen_server:start_link(?MODULE, server, []),
    {10000, fun() -> times(10000, fun() -> gen_server:cast(Server, told) end), gen_server:call(Server, ask) end};
row("supervisor/restart") -> {1000, fun() -> restarts(1000) end};
row("supervisor/restart-10k") -> {10000, fun() -> restarts(10000) end};
row("registry/lookup") ->
    Table = ets:new(names, [public, {read_concurrency, true}]),
    [ets:insert(Table, {{room, N}, self()}) || N <- lists:seq(1, 1000)],
    {10000, fun() -> times(10000, fun() -> ets:lookup(Table, {room, 7}) end) end};
row("pubsub/publish") ->
    Me = self(),
    Members = [spawn_link(fun() -> member(Me) end) || _ <- lists:seq(1, 1000)],
    {1000, fun() -> publish(Members) end};
row("store/get") ->
    Table = ets:new(table, [public, {read_concurrency, true}]),
    Record = fun(N) -> #{id => N, name => <<"ada">>, at => 1.5, ok => true} end,
    [ets:insert(Table, {integer_to_binary(N), Record(N)}) || N <- lists:seq(1, 100)],
    {10000, fun() -> times(10000, fun() -> ets:lookup(Table, <<"7">>) end) end};
row("store/update-contended") ->
    Table = ets:new(table, [public, {write_concurrency, true}]),
    ets:insert(Table, {n, 0}),
    {100000, fun() -> both(fun() -> times(100000, fun() -> ets:update_counter(Table, n, 1) end) end) end}.

times(0, _) -> ok;
times(N, Do) -> Do(), times(N - 1, Do).

both(Do) ->
    {_, Ref} = spawn_monitor(Do),
    Do(),
    receive {'DOWN', Ref, _, _, _} -> ok end.

echo() -> receive {From, Message} -> From ! Message, echo() end.

ping(_, 0) -> ok;
ping(Other, Trips) ->
    Other ! {self(), #{i => Trips}},
    receive #{i := Trips} -> ping(Other, Trips - 1) end.

member(To) -> receive {message, _} -> To ! taken, member(To) end.

publish(Members) ->
    [Member ! {message, #{i => 1}} || Member <- Members],
    [receive taken -> ok end || _ <- Members].

%% A supervisor of its own for each round, as in the case.
restarts(Times) ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, {supervisor, Times, self()}),
    unlink(Supervisor),
    Child = receive {started, First} -> First end,
    restart(Child, Times),
    exit(Supervisor, shutdown).

restart(_, 0) -> ok;
restart(Child, Times) ->
    exit(Child, kill),
    receive {started, Next} -> restart(Next, Times - 1) end.

start_child(To) -> {ok, spawn_link(fun() -> To ! {started, self()}, receive never -> ok end end)}.

init(server) -> {ok, 0};
init({supervisor, Times, To}) ->
    Child = #{id => child, start => {?MODULE, start_child, [To]}, shutdown => brutal_kill},
    {ok, {#{strategy => one_for_one, intensity => Times, period => 600}, [Child]}}.

handle_call(ask, _, Count) -> {reply, Count, Count}.
handle_cast(told, Count) -> {noreply, Count + 1}.
handle_info(_, Count) -> {noreply, Count}.
