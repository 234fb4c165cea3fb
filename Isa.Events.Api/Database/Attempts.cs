using System.Security.Cryptography;
using System.Text;

namespace Isa.Events.Api.Database;

/// <summary>How often somebody tried something within a window, counted in the database so that all nodes know.</summary>
internal static class Attempts
{
    /// <summary>Whom an attempt is counted for: a digest, so that no address is kept.</summary>
    public static string Subject(params IEnumerable<string?> parts) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));

    /// <summary>Counts one more, in this work.</summary>
    /// <returns>How many there were within the window, this one included. A window begins with its first attempt.</returns>
    public static long Count(WriteSession session, string scope, string subject, TimeSpan window) =>
        session.One<long>(CountOne, new { Scope = scope, Subject = subject, session.Now, Past = session.Now - window });

    private const string CountOne = """
        INSERT INTO attempts (scope, subject, window_began_at, count) VALUES (@Scope, @Subject, @Now, 1)
        ON CONFLICT (scope, subject) DO UPDATE SET
            count = CASE WHEN attempts.window_began_at <= @Past THEN 1 ELSE attempts.count + 1 END,
            window_began_at = CASE WHEN attempts.window_began_at <= @Past THEN excluded.window_began_at ELSE attempts.window_began_at END
        RETURNING count
        """;
}
