using System.Text.Json;

namespace Ropeway.CommandLine.Top;

/// <summary>What <c>ropeway top</c> shows of one moment. Immutable.</summary>
/// <param name="Time">When.</param>
/// <param name="Overview">The API's overview.</param>
/// <param name="Node">The API's node; undefined for who may not see it.</param>
/// <param name="Rows">The queues or connections, in order.</param>
/// <param name="Findings">What needs a look, the worst first.</param>
internal sealed record TopSnapshot(DateTimeOffset Time, JsonElement Overview, JsonElement Node, IReadOnlyList<JsonElement> Rows, IReadOnlyList<JsonElement> Findings);
