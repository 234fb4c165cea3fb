namespace Isa.Events.Api.Features.Agenda;

/// <summary>Keeps the agendas that were made as PDF, as long as their event stays as it is and there is room: making one takes as long as a hundred other answers.</summary>
public sealed class AgendaPdfs
{
    private const long MaxBytes = 16_000_000;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string EventId, Language Language), (long Version, byte[] File)> _kept = [];
    private long _bytes;

    public byte[] Get(Event evt, AgendaRow agenda, Language language)
    {
        lock (_gate)
        {
            if (_kept.TryGetValue((evt.Id, language), out var known) && known.Version == evt.Version) return known.File;
        }

        var file = AgendaPdf.Render(evt, agenda, language);
        lock (_gate)
        {
            if (_kept.Remove((evt.Id, language), out var old)) _bytes -= old.File.Length;
            if (_bytes + file.Length > MaxBytes)
            {
                _kept.Clear(); // rare, and whatever is asked for is made again
                _bytes = 0;
            }

            _kept[(evt.Id, language)] = (evt.Version, file);
            _bytes += file.Length;
        }

        return file;
    }
}
