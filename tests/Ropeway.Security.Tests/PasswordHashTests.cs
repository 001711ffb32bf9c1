using System.Text;

namespace Ropeway.Security.Tests;

public sealed class PasswordHashTests
{
    // RFC 7914 section 11, and the inputs of RFC 6070 with HMAC-SHA-256.
    [Theory]
    [InlineData("passwd", "salt", 1, 64, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783")]
    [InlineData("Password", "NaCl", 80000, 64, "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d")]
    [InlineData("password", "salt", 1, 32, "120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b")]
    [InlineData("password", "salt", 2, 32, "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43")]
    [InlineData("password", "salt", 4096, 32, "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a")]
    [InlineData("passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096, 40, "348c89dbcbd32b2f32d814b8116e84cf2b17347ebc1800181c4e2a1fb8dd53e1c635518c7dac47e9")]
    public void Derive_KnownInput_GivesPublishedKey(string password, string salt, int iterations, int keyBytes, string expected)
    {
        byte[] key = PasswordHash.Derive(Encoding.UTF8.GetBytes(password), Encoding.UTF8.GetBytes(salt), iterations, keyBytes);

        Assert.Equal(expected, Convert.ToHexStringLower(key), StringComparer.Ordinal);
    }

    [Fact]
    public void Verify_RightAndWrongPassword_TellsThemApart()
    {
        PasswordHash hash = PasswordHash.Create("s3cret"u8, iterations: 10);

        Assert.True(hash.Verify("s3cret"u8));
        Assert.False(hash.Verify("s3creT"u8));
        Assert.False(hash.Verify([]));
    }

    // The first is the example of RabbitMQ's documentation, the second was exported by RabbitMQ 3.10.
    [Theory]
    [InlineData("test12", "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR", PasswordAlgorithm.RabbitSha256)]
    [InlineData("guest", "db0YajfJnsz6Pau5G3HTFIan2LRvIaHRJ+E3fuZ/CBe+ZSCN", PasswordAlgorithm.RabbitSha256)]
    public void TakeOver_HashesOfRabbitMq_VerifyTheirPasswordOnly(string password, string base64, PasswordAlgorithm algorithm)
    {
        Assert.True(PasswordHash.TryTakeOver(algorithm, Convert.FromBase64String(base64), out PasswordHash? hash));
        Assert.True(PasswordHash.TryDecode(hash.Encode(), out PasswordHash? restored));

        Assert.True(restored.IsWeak);
        Assert.True(restored.Verify(Encoding.UTF8.GetBytes(password)));
        Assert.False(restored.Verify(Encoding.UTF8.GetBytes(password + "x")));
        Assert.False(restored.Verify([]));
    }

    [Fact]
    public void TakeOver_Sha512_VerifiesItsPasswordOnly()
    {
        byte[] salt = [1, 2, 3, 4];
        byte[] saltAndHash = [.. salt, .. System.Security.Cryptography.SHA512.HashData([.. salt, .. "s3cret"u8])];

        Assert.True(PasswordHash.TryTakeOver(PasswordAlgorithm.RabbitSha512, saltAndHash, out PasswordHash? hash));
        Assert.True(PasswordHash.TryDecode(hash.Encode(), out PasswordHash? restored));
        Assert.True(restored.Verify("s3cret"u8));
        Assert.False(restored.Verify("S3cret"u8));
    }

    [Theory]
    [InlineData(PasswordAlgorithm.RabbitSha256, 35)]
    [InlineData(PasswordAlgorithm.RabbitSha256, 68)]
    [InlineData(PasswordAlgorithm.RabbitSha512, 36)]
    [InlineData(PasswordAlgorithm.Pbkdf2Sha256, 36)]
    public void TakeOver_WrongLength_IsRefused(PasswordAlgorithm algorithm, int bytes) =>
        Assert.False(PasswordHash.TryTakeOver(algorithm, new byte[bytes], out _));

    [Fact]
    public void Create_SamePassword_GivesDifferentHashes() => Assert.False(
        PasswordHash.Create("s3cret"u8, iterations: 1).Encode().AsSpan().SequenceEqual(PasswordHash.Create("s3cret"u8, iterations: 1).Encode()));

    [Fact]
    public void Create_Default_TakesAHundredThousandIterations() => Assert.Equal(100_000, PasswordHash.Create("x"u8).Iterations);

    [Fact]
    public void Decode_Encoded_GivesTheSameHash()
    {
        byte[] encoded = PasswordHash.Create("s3cret"u8, iterations: 1234).Encode();

        Assert.Equal(53, encoded.Length);
        Assert.Equal(1, encoded[0]);
        Assert.True(PasswordHash.TryDecode(encoded, out PasswordHash? hash));
        Assert.Equal(1234, hash.Iterations);
        Assert.True(hash.Verify("s3cret"u8));
        Assert.True(hash.Encode().AsSpan().SequenceEqual(encoded));
    }

    [Fact]
    public void Decode_StoredByAnEarlierRelease_StillVerifies()
    {
        // Password "guest", salt 00..0F, 1000 iterations.
        byte[] salt = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
        byte[] encoded = [1, 0xE8, 0x03, 0, 0, .. salt, .. PasswordHash.Derive("guest"u8, salt, 1000, 32)];

        Assert.True(PasswordHash.TryDecode(encoded, out PasswordHash? hash));
        Assert.True(hash.Verify("guest"u8));
    }

    [Fact]
    public void Decode_AnythingElse_IsRefused()
    {
        byte[] encoded = PasswordHash.Create("x"u8, iterations: 1).Encode();

        Assert.False(PasswordHash.TryDecode([], out _));
        Assert.False(PasswordHash.TryDecode(encoded.AsSpan(1), out _));
        Assert.False(PasswordHash.TryDecode([.. encoded, 0], out _));
        Assert.False(PasswordHash.TryDecode([2, .. encoded.AsSpan(1)], out _)); // Unknown version.
        Assert.False(PasswordHash.TryDecode([1, 0, 0, 0, 0, .. encoded.AsSpan(5)], out _)); // No iterations.
        Assert.False(PasswordHash.TryDecode([1, 0xFF, 0xFF, 0xFF, 0x7F, .. encoded.AsSpan(5)], out _)); // Hours of them.
    }
}
