// Each of them fills the machine's cores for a while; side by side they would only slow each other down.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
