namespace Ropeway.Transport.Tests;

/// <summary>What a test session does with received bytes.</summary>
internal delegate ConsumeResult ConsumeHandler(TestSession session, ReadOnlySpan<byte> received);
