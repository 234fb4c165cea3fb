using System.Text.Json;

[assembly: AssemblyFixture(typeof(AnswersKeepTheContract))]

namespace Isa.Events.Tests.Support;

/// <summary>At the end of the run, holds every answer that any test has seen against the contract; fails the run where one is not as it says.</summary>
public sealed class AnswersKeepTheContract : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        var contract = ContractFile.Read();
        var answers = RecordedAnswers.All.Keys.ToList();
        // A full JSON Schema validator looks at them too, where one is at hand.
        if (Environment.GetEnvironmentVariable("ISA_EVENTS_RECORDED_ANSWERS") is { Length: > 0 } file) await File.WriteAllTextAsync(file, JsonSerializer.Serialize(answers));
        var wrong = answers.Select(contract.Refusal).OfType<string>().Distinct().Order().ToList();
        wrong.ShouldBeEmpty();
    }
}
