#include <chrono>
#include <iostream>
#include <unistd.h>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <mux/video/assets.hpp>

#include "muxctl/asset_rows.hpp"
#include "muxctl/commands.hpp"
#include "muxctl/model_json.hpp"
#include "muxctl/session.hpp"

namespace mux::inline v0::muxctl {

namespace {

// The API's guides ask for no more than one look in two seconds.
constexpr auto poll_interval = std::chrono::seconds(2);

asio::awaitable<exit_code> list(client& api, const assets_list_command& command, asset_rows& rows,
                                output& out) {
  asset_list_params params;
  if (!command.cursor.empty()) params.cursor = command.cursor;
  request<page<asset>> first = requests::video::assets::list(params);
  pager<asset> pages = api.pages(std::move(first), command.limit);
  pages.prefetch(command.all);
  std::string cursor = command.cursor;
  do {
    result<std::optional<page<asset>>> got = co_await pages.try_next();
    if (!got) {
      failure f(got.error());
      if (!cursor.empty()) f.hint += (f.hint.empty() ? "" : "; ") + ("go on with --cursor " + cursor);
      throw f;
    }
    if (!*got) break;
    for (const asset& a : (*got)->items) rows.add(a);
    rows.end_batch();
    cursor = (*got)->next_cursor.value_or(std::string());
  } while (command.all && pages.more() && !out.reader_gone());
  if (!command.all && !cursor.empty())
    out.note("there are more; go on with --cursor " + cursor + ", or use --all");
  co_return exit_code::done;
}

asio::awaitable<exit_code> get(client& api, const assets_get_command& command, output& out) {
  const asset a = co_await api.video.assets.retrieve(command.id);
  out.write(json_line_of(a));
  co_return exit_code::done;
}

std::optional<asset_metadata> metadata(const asset_labels& labels) {
  if (!labels.title && !labels.external_id && !labels.creator_id) return std::nullopt;
  asset_metadata meta;
  meta.title = labels.title;
  meta.external_id = labels.external_id;
  meta.creator_id = labels.creator_id;
  return meta;
}

asset_create_params create_params(const assets_create_command& command) {
  asset_create_params params;
  params.inputs.emplace_back(command.url);
  params.meta = metadata(command.labels);
  params.passthrough = command.labels.passthrough;
  for (const std::string& policy : command.playback_policies)
    params.playback_policies.emplace_back(std::string_view(policy));
  if (!command.video_quality.empty()) params.video_quality.emplace(std::string_view(command.video_quality));
  if (command.test) params.test = true;
  return params;
}

asio::awaitable<asset> wait_until_processed(client& api, asset a) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor);
  while (a.status == asset_status::preparing) {
    timer.expires_after(poll_interval);
    co_await timer.async_wait(asio::use_awaitable);
    a = co_await api.video.assets.retrieve(a.id);
  }
  co_return a;
}

asio::awaitable<exit_code> create(client& api, const assets_create_command& command, output& out) {
  const asset_create_params params = create_params(command);
  asset a = co_await api.video.assets.create(params);
  if (command.wait) {
    // The id is shown before anything else can go wrong: the asset exists and is billed.
    out.summary("created " + a.id);
    a = co_await wait_until_processed(api, std::move(a));
  }
  out.write(json_line_of(a));
  if (a.status != asset_status::errored) co_return exit_code::done;
  std::string why;
  if (a.errors)
    for (const std::string& message : a.errors->messages) why += ": " + message;
  throw failure(exit_code::failed, "asset_errored", "the video could not be processed" + why);
}

// What is cleared is sent as an empty text, the documented form.
void change(std::optional<std::string>& current, const std::optional<std::string>& to, bool clear) {
  if (to) current = *to;
  if (clear) current = std::string();
}

asio::awaitable<exit_code> update(client& api, const assets_update_command& command, output& out) {
  asset_update_params params;
  const asset_labels& to = command.labels;
  if (to.passthrough) params.passthrough = *to.passthrough;
  if (command.clear_passthrough) params.passthrough = std::string();
  if (metadata(to) || command.clear_title || command.clear_external_id || command.clear_creator_id) {
    // Whether the API merges `meta` or replaces it is not documented: all of it is right either way.
    const asset before = co_await api.video.assets.retrieve(command.id);
    asset_metadata meta = before.meta.value_or(asset_metadata());
    change(meta.title, to.title, command.clear_title);
    change(meta.external_id, to.external_id, command.clear_external_id);
    change(meta.creator_id, to.creator_id, command.clear_creator_id);
    params.meta = std::move(meta);
  }
  const asset after = co_await api.video.assets.update(command.id, params);
  out.write(json_line_of(after));
  co_return exit_code::done;
}

asio::awaitable<exit_code> remove(client& api, const assets_delete_command& command, output& out) {
  co_await api.video.assets.delete_(command.id);
  out.note("deleted " + command.id);
  co_return exit_code::done;
}

void confirm_deletion(const std::string& id, output& out) {
  if (::isatty(STDIN_FILENO) != 1)
    throw failure(exit_code::usage, "not_confirmed", "a deletion cannot be undone", "confirm it with --yes");
  out.summary("Delete asset " + id + " for good? Type yes to confirm.");
  std::string answer;
  if (!std::getline(std::cin, answer) || answer != "yes")
    throw failure(exit_code::usage, "not_confirmed", "nothing was deleted");
}

}  // namespace

exit_code run(const assets_list_command& command, const invocation& call, output& out) {
  const row_format format =
      !command.format_given && out.results_terminal() ? row_format::table : command.format;
  asset_rows rows(out, format, command.fields, command.neutralise);
  return run_with_client(call.global, out, [&](client& api) { return list(api, command, rows, out); });
}

exit_code run(const assets_get_command& command, const invocation& call, output& out) {
  return run_with_client(call.global, out, [&](client& api) { return get(api, command, out); });
}

exit_code run(const assets_create_command& command, const invocation& call, output& out) {
  return run_with_client(call.global, out, [&](client& api) { return create(api, command, out); });
}

exit_code run(const assets_update_command& command, const invocation& call, output& out) {
  const bool changes = metadata(command.labels) || command.labels.passthrough || command.clear_title ||
                       command.clear_external_id || command.clear_creator_id || command.clear_passthrough;
  if (!changes)
    throw failure(exit_code::usage, "usage", "nothing to change", "see muxctl assets update --help");
  return run_with_client(call.global, out, [&](client& api) { return update(api, command, out); });
}

exit_code run(const assets_delete_command& command, const invocation& call, output& out) {
  if (!command.yes) confirm_deletion(command.id, out);
  return run_with_client(call.global, out, [&](client& api) { return remove(api, command, out); });
}

}  // namespace mux::inline v0::muxctl
