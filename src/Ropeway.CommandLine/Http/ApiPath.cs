namespace Ropeway.CommandLine.Http;

/// <summary>Paths of the API, with the names in them encoded.</summary>
internal static class ApiPath
{
    /// <summary>The parts with slashes between them; each is encoded as a whole, so that a name may contain anything.</summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        string[] encoded = new string[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            // A client would leave out a segment of dots.
            encoded[i] = parts[i] is "." or ".." ? parts[i].Replace(".", "%2E", StringComparison.Ordinal) : Uri.EscapeDataString(parts[i]);
        }

        return "api/" + string.Join('/', encoded);
    }
}
