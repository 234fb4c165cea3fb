using System.CommandLine;
using System.Runtime.InteropServices;
using ParseResult = System.CommandLine.ParseResult;

namespace Isa.Events.Api.Commands;

/// <summary><c>backup</c>: copies everything the server keeps into one file, beside the server.</summary>
internal static class Backup
{
    public static Command Create(Func<ParseResult, WebApplication> build)
    {
        var file = new Argument<string>("file") { Description = "The file to make." };
        var force = new Option<bool>("--force") { Description = "Replaces a file of that name." };
        var command = new Command("backup", "Copies the SQLite database into one file while the server runs, and looks through the copy before it gets its name.") { file, force };
        command.SetAction(async parsed =>
        {
            await using var app = build(parsed);
            var source = Opening.FileOf(app.Services.GetRequiredService<EventsDatabase>());
            if (!File.Exists(source)) throw new CommandException($"There is no database {source} (Database:DataFolder and Database:File name it).");
            var target = Path.GetFullPath(parsed.GetRequiredValue(file));
            using var given = new Interruption();
            var content = SqliteBackup.Write(source, target, parsed.GetValue(force), new Pace(Pace.BesideServer, given.Token));
            Console.WriteLine($"{target} holds {content}.");
            return 0;
        });
        return command;
    }

    // Ctrl+C and SIGTERM end the work, which then takes away what it has begun.
    private sealed class Interruption : IDisposable
    {
        private readonly CancellationTokenSource _source = new();
        private readonly PosixSignalRegistration[] _signals;

        public Interruption() => _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, End), PosixSignalRegistration.Create(PosixSignal.SIGTERM, End)];

        public CancellationToken Token => _source.Token;

        public void Dispose()
        {
            foreach (var signal in _signals) signal.Dispose();
            _source.Dispose();
        }

        private void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            _source.Cancel();
        }
    }
}
