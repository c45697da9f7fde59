// curl_peer MODE: libcurl and a complete on-demand decoder.
//   listing    all pages, one after the other
//   small N    N GETs of an asset, eight at a time on a multi handle

#include <array>
#include <cstdio>
#include <cstdlib>
#include <curl/curl.h>
#include <stdexcept>
#include <string>

#include "peers/address.hpp"
#include "peers/checksum.hpp"
#include "peers/owned_asset.hpp"

namespace {

void expect(bool right, const char* what) {
  if (!right) throw std::runtime_error(what);
}

std::int64_t itself(std::int64_t seconds) {
  return seconds;
}

class transfer {
 public:
  explicit transfer(const peers::address& to) : handle_(curl_easy_init()) {
    headers_ = curl_slist_append(headers_, peers::authorization);
    headers_ = curl_slist_append(headers_, "Accept: application/json");
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(handle_, CURLOPT_CAINFO, to.ca_file.c_str());
    curl_easy_setopt(handle_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle_, CURLOPT_BUFFERSIZE, 64L * 1024);
    curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &transfer::take);
    curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(handle_, CURLOPT_PRIVATE, this);
  }
  transfer(const transfer&) = delete;
  transfer& operator=(const transfer&) = delete;
  ~transfer() {
    curl_easy_cleanup(handle_);
    curl_slist_free_all(headers_);
  }

  void aim(const std::string& url) {
    body_.clear();
    curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
  }
  void perform() { expect(curl_easy_perform(handle_) == CURLE_OK, "a transfer failed"); }
  /// The body, with room for the decoder behind it.
  const std::string& body() {
    long status = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
    expect(status == 200, "not the expected answer");
    body_.reserve(body_.size() + peers::decoder_padding);
    return body_;
  }
  [[nodiscard]] CURL* handle() const { return handle_; }

 private:
  static std::size_t take(char* bytes, std::size_t, std::size_t size, void* self) {
    static_cast<transfer*>(self)->body_.append(bytes, size);
    return size;
  }

  CURL* handle_;
  curl_slist* headers_ = nullptr;
  std::string body_;
};

peers::checksum list(const peers::address& to) {
  peers::checksum sum;
  peers::on_demand_decoder decoder;
  transfer one(to);
  std::optional<std::string> cursor("");
  while (cursor) {
    one.aim(to.base_url() + "/video/v1/assets?" + (cursor->empty() ? "" : "cursor=" + *cursor + '&') +
            "limit=100");
    one.perform();
    peers::owned_page page = decoder.page(one.body());
    for (const peers::owned_asset& asset : page.items) peers::add_asset(sum, asset, itself);
    cursor = std::move(page.next_cursor);
  }
  return sum;
}

peers::checksum get_many(const peers::address& to, int count) {
  constexpr int at_once = 8;
  peers::checksum sum;
  peers::on_demand_decoder decoder;
  const std::string url = to.base_url() + "/video/v1/assets/" + to.asset_id;
  CURLM* const multi = curl_multi_init();
  std::vector<std::unique_ptr<transfer>> transfers;
  int begun = 0, done = 0, running = 0;
  const auto begin = [&](transfer& one) {
    ++begun;
    one.aim(url);
    curl_multi_add_handle(multi, one.handle());
  };
  for (int i = 0; i < at_once && begun < count; ++i)
    begin(*transfers.emplace_back(std::make_unique<transfer>(to)));
  while (done < count) {
    expect(curl_multi_perform(multi, &running) == CURLM_OK, "curl_multi_perform failed");
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      expect(message->data.result == CURLE_OK, "a transfer failed");
      transfer* one = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &one);
      peers::add_asset(sum, decoder.asset(one->body()), itself);
      curl_multi_remove_handle(multi, one->handle());
      ++done;
      if (begun < count) begin(*one);
    }
    if (done < count) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
  }
  transfers.clear();
  curl_multi_cleanup(multi);
  return sum;
}

}  // namespace

int main(int count, char** arguments) try {
  const std::string mode = count > 1 ? arguments[1] : "";
  curl_global_init(CURL_GLOBAL_DEFAULT);
  const peers::address to;
  if (mode == "listing")
    list(to).print();
  else if (mode == "small")
    get_many(to, count > 2 ? std::atoi(arguments[2]) : 1).print();
  else
    return std::fputs("curl_peer: no such mode\n", stderr), 2;
} catch (const std::exception& e) {
  std::fprintf(stderr, "curl_peer: %s\n", e.what());
  return 1;
}
