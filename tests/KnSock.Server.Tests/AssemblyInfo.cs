// Many of these wait for sockets and for what other processes do, so there is room for one more than the two cores of the smallest machine that runs them.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
