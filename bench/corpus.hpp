#pragma once

// Pages of made-up assets, the same bytes for the same seed: about 2.1 KB and 83 keys an asset, an escaped
// passthrough, one title in ten outside ASCII, members in the API's order (roughly reverse alphabetical).

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

class corpus {
 public:
  explicit corpus(std::uint64_t seed = 20240607) : state_(seed) {}

  /// The answer to a listing: `{"data":[…],"next_cursor":"…"}`.
  [[nodiscard]] std::string page(std::size_t assets) {
    std::string out = R"({"next_cursor":")" + id(44) + R"(","data":[)";
    for (std::size_t i = 0; i < assets; ++i) {
      if (i != 0) out += ',';
      out += asset();
    }
    return out += "]}";
  }

  /// One ready asset with three tracks and three static renditions.
  [[nodiscard]] std::string asset() {
    const std::string number = std::to_string(++made_);
    const std::string seconds = decimal(30 + below(7000), 3);
    std::string out = R"({"video_quality":")" + pick("basic", "plus") + R"(","upload_id":")" + id(46) + '"';
    out += R"(,"updated_at":")" + std::to_string(1'700'000'000 + below(50'000'000)) + '"';
    out += R"(,"tracks":[)" + video_track(seconds) + ',' + audio_track(seconds) + ',' + text_track() + ']';
    out += R"(,"test":false,"status":"ready","static_renditions":{"status":"ready","files":[)";
    out += rendition("1080p", 1920, 1080) + ',' + rendition("720p", 1280, 720) + ',' +
           rendition("480p", 854, 480);
    out += R"(]},"resolution_tier":"1080p","progress":{"state":"completed","progress":100})";
    out += R"(,"playback_ids":[{"policy":"public","id":")" + id(44) + R"("},{"policy":"signed","id":")" +
           id(44) + R"("}])";
    out += R"(,"passthrough":"{\"row\":)" + number + R"(,\"batch\":\")" + id(12) + R"(\"}")";
    out += R"(,"normalize_audio":false,"mp4_support":"none","meta":{"title":")" + title(number);
    out += R"(","external_id":"catalog/)" + number + R"(","creator_id":"creator-)" +
           std::to_string(below(500)) + R"("})";
    out += R"(,"max_stored_resolution":"HD","max_stored_frame_rate":29.97,"max_resolution_tier":"1080p")";
    out += R"(,"master_access":"none","ingest_type":"on_demand_url","id":")" + id(44) +
           R"(","encoding_tier":"smart")";
    out += R"(,"duration":)" + seconds + R"(,"created_at":")" +
           std::to_string(1'700'000'000 + below(50'000'000));
    return out += R"(","aspect_ratio":"16:9"})";
  }

 private:
  // SplitMix64: the same sequence everywhere.
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e37'79b9'7f4a'7c15u;
    z = (z ^ z >> 30) * 0xbf58'476d'1ce4'e5b9u;
    z = (z ^ z >> 27) * 0x94d0'49bb'1331'11ebu;
    return z ^ z >> 31;
  }
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  std::string pick(std::string_view a, std::string_view b) { return std::string(below(2) == 0 ? a : b); }

  std::string id(std::size_t length) {
    constexpr std::string_view letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += letters[below(letters.size())];
    return text;
  }

  std::string decimal(std::uint64_t whole, int digits) {
    std::string text = std::to_string(whole) + '.';
    for (int i = 0; i < digits; ++i) text += static_cast<char>('1' + below(9));
    return text;
  }

  std::string title(const std::string& number) {
    if (below(10) == 0) return "Überblick der Ströme – 第" + number + "回 ルート";
    return "Harbour lights, evening cut " + number;
  }

  std::string video_track(const std::string& seconds) {
    return R"({"type":"video","max_width":1920,"max_height":1080,"max_frame_rate":29.97,"id":")" + id(44) +
           R"(","duration":)" + seconds + '}';
  }
  std::string audio_track(const std::string& seconds) {
    return R"({"type":"audio","status":"ready","primary":true,"name":"Default","max_channels":2,"language_code":"und","id":")" +
           id(54) + R"(","duration":)" + seconds + '}';
  }
  std::string text_track() {
    return R"({"type":"text","text_type":"subtitles","text_source":"generated_vod","status":"ready","name":"English")"
           R"(,"language_code":"en","id":")" +
           id(54) + R"(","closed_captions":false})";
  }
  std::string rendition(const std::string& size, int width, int height) {
    return R"({"width":)" + std::to_string(width) + R"(,"type":"standard","status":"ready","resolution":")" +
           size + R"(","name":")" + size + R"(.mp4","id":")" + id(44) + R"(","height":)" +
           std::to_string(height) + R"(,"filesize":")" + std::to_string(10'000'000 + below(900'000'000)) +
           R"(","ext":"mp4","bitrate":)" + std::to_string(500'000 + below(5'000'000)) + '}';
  }

  std::uint64_t state_;
  std::uint64_t made_ = 0;
};

}  // namespace bench
