#include "muxctl/batch_facts.hpp"
#include "muxctl/commands.hpp"
#include "muxctl/html_report.hpp"
#include "muxctl/json_report.hpp"
#include "muxctl/results_file.hpp"
#include "muxctl/run_reports.hpp"
#include "muxctl/text_report.hpp"

namespace mux::inline v0::muxctl {

exit_code run(const ingest_status_command& command, const invocation&, output& out) {
  ingest::journal_view journal = open_journal(command.journal);
  const batch_facts batch = read_facts(journal, command.journal);
  out.write(command.json ? status_json(batch) : status_text(batch));
  return exit_code::done;
}

exit_code run(const ingest_report_command& command, const invocation&, output& out) {
  ingest::journal_view journal = open_journal(command.journal);
  write_whole(command.output, out, [&](const text_sink& sink) {
    switch (command.format) {
      case report_format::csv:
        return write_results(journal, command.neutralise, sink);
      case report_format::json:
        return write_json_report(read_facts(journal, command.journal), journal, sink);
      case report_format::html:
        return write_html_report(read_facts(journal, command.journal), journal, sink);
      case report_format::text:
        return write_text_report(read_facts(journal, command.journal), journal, sink);
    }
  });
  return exit_code::done;
}

exit_code run(const ingest_export_failed_command& command, const invocation&, output& out) {
  ingest::journal_view journal = open_journal(command.journal);
  bool whole = true;
  write_whole(command.output, out, [&](const text_sink& sink) {
    whole = write_failed_rows_as_given(journal, command.neutralise, sink, out);
  });
  return whole ? exit_code::done : exit_code::failed;
}

}  // namespace mux::inline v0::muxctl
