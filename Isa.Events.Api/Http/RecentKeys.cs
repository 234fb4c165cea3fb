namespace Isa.Events.Api.Http;

/// <summary>
/// What this process has lately made under idempotency keys, or found made: a repeat of these needs no writer, and a new key costs no read to learn that it is
/// new. Newer keys push older ones out; what is not found here is asked of the writer.
/// </summary>
public sealed class RecentKeys
{
    private readonly Kept?[] _slots = new Kept?[1 << 14];

    /// <param name="scope">Whose key, and for what.</param>
    /// <param name="key">As it was sent.</param>
    /// <param name="digest">Of the request as it came, where that was taken.</param>
    /// <param name="creation">What it made.</param>
    internal void Keep(string scope, string key, RequestDigest? digest, Creation creation) => Volatile.Write(ref Slot(scope, key), new Kept(scope, key, digest, creation));

    /// <summary>Null where nothing is known of it.</summary>
    internal Kept? Find(string scope, string key) => Volatile.Read(ref Slot(scope, key)) is { } kept && kept.Key == key && kept.Scope == scope ? kept : null;

    // Hashes of text are seeded anew in each process, so nobody outside can choose keys that push others out.
    private ref Kept? Slot(string scope, string key) => ref _slots[HashCode.Combine(scope, key) & (_slots.Length - 1)];

    internal sealed record Kept(string Scope, string Key, RequestDigest? Digest, Creation Creation);
}
