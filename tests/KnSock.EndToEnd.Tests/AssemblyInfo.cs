// Those that mostly wait, for a slow link or a process that ends, run two at a time; the others one by one behind them (Alone).
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
