using FsCheck;

namespace Ropeway.Protocols.Amqp091.Tests.Codec;

/// <summary>Checks a property with 300 cases from a fixed seed, so that every run tries the same.</summary>
internal static class Seeded
{
    public static void Check(Property property)
        => FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(0x5EED, 0x0901), property);
}
