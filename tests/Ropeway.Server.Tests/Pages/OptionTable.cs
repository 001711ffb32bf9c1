using System.Text;

namespace Ropeway.Server.Tests.Pages;

/// <summary>The table of all options in <c>docs/operations/configuration.md</c>, as the code has them.</summary>
internal static class OptionTable
{
    private const string Begin = "<!-- options: begin -->\n";
    private const string End = "<!-- options: end -->\n";

    /// <summary>Makes the table.</summary>
    public static string Render()
    {
        var table = new StringBuilder("| Option | Environment variable | Value | Default | Meaning |\n|---|---|---|---|---|\n");
        foreach (ServerOption option in ServerOptionList.All)
        {
            string variables = option.OtherEnvironmentName is { } other ? $"`{option.EnvironmentName}`, `{other}`" : $"`{option.EnvironmentName}`";
            string value = option.IsRepeatable ? $"{option.ValueName}, repeatable" : option.ValueName;
            table.Append($"| `{option.Name}` | {variables} | {value} | {option.DefaultText} | {option.Description} |\n");
        }

        return table.ToString();
    }

    /// <summary>The table that is in the page.</summary>
    public static string Read(string page) => page[Place(page)];

    /// <summary>The page with <paramref name="table"/> in place of its own.</summary>
    public static string Replace(string page, string table) => page[..Place(page).Start] + table + page[Place(page).End..];

    private static Range Place(string page) =>
        (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)..page.IndexOf(End, StringComparison.Ordinal);
}
