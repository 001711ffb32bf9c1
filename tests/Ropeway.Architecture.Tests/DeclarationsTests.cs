namespace Ropeway.Architecture.Tests;

public sealed class DeclarationsTests
{
    private const string Sample = """""
        using System;
        namespace Sample; // class InAComment {
        /* interface InAnother { */
        [Attribute("struct InAnAttribute {")]
        public sealed class Outer<T>(int a, string b) : IDisposable
            where T : class
        {
            private readonly Func<int> _field = () => { return 1; };
            private const string Brace = "{ \" {", Verbatim = @"{ "" {", Raw = """ { class X { """;

            public Outer(int a) : this(a, $"{(a > 0 ? "}" : "{{")} {{")
            {
            }

            public int Property { get; set; } = 5;

            [Fact]
            public (int First, string Second) Tuple(Dictionary<string, int> x, (int, int) y, int z = 3)
            {
                char c = '{';
                if (c == '"') { }
                return default;
            }

            public int Short(int a) => a switch
            {
                1 => 2,
                _ => 3,
            };

            public abstract void Nothing();

            private enum Inner { A, B }
        }
        """"";

    private readonly Declarations _found = Declarations.Of(CodeText.Blank(Sample));

    [Fact]
    public void Types_OfASample_AreFoundWithTheirNesting() =>
        Assert.Equal([new DeclaredType("Outer", false), new DeclaredType("Inner", true)], _found.Types);

    [Fact]
    public void Methods_OfASample_AreFoundWithLinesAndParameters() =>
        Assert.Equal(
            [
                new DeclaredMethod("Outer.Outer", 1, 2),
                new DeclaredMethod("Outer.Outer", 3, 1),
                new DeclaredMethod("Outer.Tuple", 6, 3),
                new DeclaredMethod("Outer.Short", 5, 1),
                new DeclaredMethod("Outer.Nothing", 1, 0),
            ],
            _found.Methods);

    [Theory]
    [InlineData("public readonly record struct Range(long Start, long End);", "Range")]
    [InlineData("internal delegate ConsumeResult Handler<T>(Session session, ReadOnlySpan<byte> received);", "Handler")]
    [InlineData("public interface IOne\n{\n}", "IOne")]
    public void Types_WithoutABody_AreFound(string code, string name) => Assert.Equal(name, Assert.Single(Declarations.Of(CodeText.Blank(code)).Types).Name);
}
