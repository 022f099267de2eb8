using KnSock.Browser.Tests;

// One browser and one server for all; pictures that are decoded side by side would only slow each other down.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(Chromium))]
[assembly: AssemblyFixture(typeof(WarmServer))]
