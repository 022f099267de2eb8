namespace KnSock.EndToEnd.Tests;

/// <summary>What fills the machine's cores, or measures to the millisecond what viewers see: nothing else runs beside it.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
