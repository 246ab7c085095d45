import { defineProblems } from '../platform/i18n/index.js';

export const scheduleProblem = defineProblems({
  'schedule.unknown': {
    status: 404,
    vi: 'Không có mục lịch phát này hoặc tài khoản không được xem.',
    en: 'No such schedule entry, or none that this account may see.',
  },
  'schedule.past': {
    status: 422,
    vi: 'Giờ phát đã qua. Chọn ngày giờ sau thời điểm này.',
    en: 'That time has passed. Choose a later day or time.',
  },
  'schedule.spanWrong': {
    status: 422,
    vi: 'Ngày cuối sớm hơn ngày đầu. Sửa lại khoảng ngày.',
    en: 'The last day is before the first. Correct the dates.',
  },
  'schedule.never': {
    status: 422,
    vi: 'Lịch này không rơi vào ngày nào. Chọn ít nhất một thứ hoặc một ngày có trong khoảng ngày.',
    en: 'This never occurs. Choose at least one weekday or day that lies within the dates.',
  },
  'schedule.ruleWrong': {
    status: 422,
    vi: 'Không đọc được quy tắc lặp. Sửa phần được nêu.',
    en: 'The recurrence rule cannot be read. Correct the part that is named.',
  },
  'schedule.lunarDayWrong': {
    status: 422,
    vi: 'Không có ngày âm lịch này. Chọn ngày 1–30 và tháng 1–12.',
    en: 'No such lunar day. Choose days from 1 to 30 and months from 1 to 12.',
  },
  'schedule.tooDense': {
    status: 422,
    vi: 'Lịch lặp quá dày: hơn 288 lượt một ngày. Chọn khoảng cách từ 5 phút trở lên.',
    en: 'Too dense: more than 288 starts on a day. Choose an interval of five minutes or more.',
  },
  'schedule.tooLong': {
    status: 422,
    vi: 'Lịch dài hoặc xa quá {years} năm. Chọn khoảng ngày ngắn hơn, hoặc để trống ngày cuối.',
    en: 'More than {years} years long or ahead. Choose a shorter span, or leave the last day open.',
  },
  'schedule.zoneUnknown': {
    status: 422,
    vi: 'Không có múi giờ này. Dùng tên như Asia/Ho_Chi_Minh.',
    en: 'No such time zone. Use a name such as Asia/Ho_Chi_Minh.',
  },
  'schedule.itemNotApproved': {
    status: 422,
    vi: 'Nội dung này chưa được duyệt, hoặc không phải của địa bàn này hay cấp trên. Gửi duyệt rồi xếp lịch.',
    en: 'This content is not approved, or is not of this area or one above it. Have it approved, then schedule it.',
  },
  'schedule.bulkRefused': {
    status: 422,
    vi: 'Có mục chưa hợp lệ nên chưa xếp lịch mục nào. Sửa các mục được nêu rồi gửi lại.',
    en: 'Some entries are not valid; none was scheduled. Correct the listed ones and send all again.',
  },
  'schedule.titleMissing': {
    status: 422,
    vi: 'Mục lịch không có nội dung nào để lấy tên. Đặt tên cho mục lịch.',
    en: 'Nothing in this entry gives it a title. Name it.',
  },
  'schedule.showingTimeMissing': {
    status: 422,
    vi: 'Hình ảnh và chữ trên bảng tin cần thời gian hiện. Chọn bước hiện (show) và số giây.',
    en: 'A picture or text needs a time for which boards show it. Use a step that shows it, with its length.',
  },
  'schedule.notShown': {
    status: 422,
    vi: 'Bước hiện trên bảng tin chỉ dành cho hình ảnh và chữ. Chọn bước phát nội dung.',
    en: 'Only pictures and texts are shown for a planned time. Use a step that plays the item.',
  },
  'schedule.relayTimeMissing': {
    status: 422,
    vi: 'Tiếp sóng cần thời lượng dự kiến. Chọn bước tiếp sóng (relay) và số giây.',
    en: 'A relay needs a planned length. Use a step that relays it, with its length.',
  },
  'schedule.notRelayed': {
    status: 422,
    vi: 'Bước tiếp sóng chỉ dành cho nội dung loại tiếp âm, có địa chỉ phát. Chọn bước phát nội dung.',
    en: 'Only content that is a relay, with an address, is relayed. Use a step that plays the item.',
  },
  'schedule.bulletinOutsideSlot': {
    status: 422,
    vi: 'Chỉ khung giờ mới có chỗ dành cho bản tin. Bỏ phần đó hoặc lập khung giờ.',
    en: 'Only a slot has room for bulletins. Take that part out, or make it a slot.',
  },
  'schedule.anchorUnknown': {
    status: 422,
    vi: 'Không có khung giờ hoặc mục lịch để nối vào ở địa bàn này hay cấp trên, hoặc đã hủy. Chọn lại.',
    en: 'The slot or entry to stand in or behind is not of this area or one above it, or was cancelled. Choose another.',
  },
  'schedule.afterCycle': {
    status: 422,
    vi: 'Các mục sẽ nối tiếp nhau thành vòng. Chọn mục khác để phát nối tiếp.',
    en: 'The entries would stand behind one another in a circle. Choose another one to stand behind.',
  },
  'schedule.notASlot': {
    status: 422,
    vi: 'Mục được chọn không phải khung giờ. Chọn một khung giờ.',
    en: 'The chosen entry is not a slot. Choose a slot.',
  },
  'schedule.slotInUse': {
    status: 409,
    vi: 'Trong khung giờ này còn bản tin. Dời hoặc hủy các bản tin đó trước.',
    en: 'There are bulletins in this slot. Move or cancel them first.',
  },
  'schedule.slotReserved': {
    status: 403,
    vi: 'Khung giờ này dành riêng cho đơn vị đã lập và cấp trên. Chọn khung giờ khác.',
    en: 'This slot is reserved for the office that made it and those above. Choose another.',
  },
  'schedule.over': {
    status: 409,
    vi: 'Mục lịch này đã hủy nên không sửa được. Lập mục mới.',
    en: 'This entry was cancelled, so it cannot be changed. Make a new one.',
  },
  'schedule.outsideEntry': {
    status: 422,
    vi: 'Giờ này nằm ngoài thời gian của mục lịch (trước khi lập hoặc sau khi kết thúc). Chọn giờ khác hoặc sửa mục tiếp nối.',
    en: 'That is before the entry was made or after it ended. Choose another time, or change the entry that goes on from it.',
  },
  'schedule.noOccurrence': {
    status: 422,
    vi: 'Mục lịch không có lượt phát nào vào ngày giờ đó. Xem lại lịch rồi chọn lượt phát.',
    en: 'The entry has no occurrence at that day and time. Look at the schedule and choose one.',
  },
  'schedule.nothingChanges': {
    status: 422,
    vi: 'Không có gì thay đổi nên không ban hành. Sửa lịch rồi ban hành lại.',
    en: 'Nothing would change, so nothing was published. Change the schedule first.',
  },
  'schedule.namedTwice': {
    status: 422,
    vi: 'Một mục lịch được sửa hai lần trong cùng một lần ban hành. Gộp các thay đổi của mục đó.',
    en: 'One entry is changed twice in one publication. Put its changes together.',
  },
  'schedule.publicationUnknown': {
    status: 404,
    vi: 'Không có lần ban hành này hoặc tài khoản không được xem.',
    en: 'No such publication, or none that this account may see.',
  },
  'schedule.undoneAlready': {
    status: 409,
    vi: 'Lần ban hành này đã được hoàn tác.',
    en: 'This publication was taken back already.',
  },
  'schedule.changedSince': {
    status: 409,
    vi: 'Sau lần ban hành này đã có thay đổi khác trên cùng mục lịch. Hoàn tác lần sau trước.',
    en: 'Something later changed the same entries. Take that back first.',
  },
  'schedule.conflictGone': {
    status: 409,
    vi: 'Trùng lịch này không còn hoặc đã thay đổi. Xem lại danh sách rồi chọn cách xử lý.',
    en: 'This conflict is gone or has changed. Look at the list again and choose.',
  },
  'schedule.solvedElsewhere': {
    status: 422,
    vi: 'Cách xử lý này cần người có trách nhiệm làm ở nơi khác: quyết định thứ tự, cho phép vượt quy chế kèm lý do, hoặc sửa nội dung.',
    en: 'This is done elsewhere by whoever answers for it: decide the order, override a rule with a reason, or change the content.',
  },
  'schedule.whyWhat': {
    status: 422,
    vi: 'Hỏi về một nội dung hoặc một mục lịch, không cả hai.',
    en: 'Ask about an item or an entry, not both.',
  },
  'schedule.forbiddenNow': {
    status: 409,
    vi: 'Quy chế không cho phát lúc này: {vi} Người được sửa quy chế có thể cho phát và ghi lý do.',
    en: 'The rules do not allow it now: {en} Whoever may make the rules can let it pass, with a reason.',
  },
  'schedule.nothingNow': {
    status: 422,
    vi: 'Không loa nào được chọn phát được nội dung này lúc này. Xem lý do của từng cụm loa.',
    en: 'No chosen loudspeaker can play this content now. See the reason at each cluster.',
  },
  'schedule.clusterUnknown': {
    status: 422,
    vi: 'Không có cụm loa này trong địa bàn.',
    en: 'No such cluster in this area.',
  },
  'schedule.previewTooLarge': {
    status: 422,
    vi: 'Khoảng xem có quá nhiều lượt phát. Chọn địa bàn nhỏ hơn hoặc ít ngày hơn.',
    en: 'Too many plays to show at once. Choose a smaller area or fewer days.',
  },
  'schedule.tooManyListenerDays': {
    status: 422,
    vi: 'Địa bàn có {places} cụm loa; {places} × {days} ngày là quá nhiều để xem một lần (tối đa {most}). Chọn địa bàn nhỏ hơn hoặc ít ngày hơn.',
    en: 'The area has {places} clusters; {places} × {days} days are too many to show at once ({most} at most). Choose a smaller area or fewer days.',
  },
  'schedule.summaryTooLarge': {
    status: 422,
    vi: 'Các thay đổi này liên quan đến {places} cụm loa trong {days} ngày, quá nhiều để tính trước một lần (tối đa {most}). Xem trước từng phần theo địa bàn.',
    en: 'These changes concern {places} clusters for {days} days: too many to reckon at once ({most} at most). Look at them area by area.',
  },
  'schedule.clashUnknown': {
    status: 404,
    vi: 'Không có vụ trùng lịch này hoặc tài khoản không được xem.',
    en: 'No such clash, or none that this account may see.',
  },
  'schedule.clashGone': {
    status: 409,
    vi: 'Lịch đã đổi nên hai bản tin không còn trùng giờ. Không cần quyết định nữa.',
    en: 'The schedule has changed and the two no longer clash. Nothing needs to be decided.',
  },
  'schedule.clashBegun': {
    status: 409,
    vi: 'Bản tin đầu đã đến giờ phát nên không đổi được thứ tự nữa.',
    en: 'The earlier of the two has begun, so their order can no longer be changed.',
  },
  'schedule.clashOccurrenceWrong': {
    status: 422,
    vi: 'Lượt phát này không thuộc vụ trùng lịch. Chọn một trong hai lượt phát được nêu.',
    en: 'That occurrence is not one of the two. Choose one of those that clash.',
  },
  'planning.periodTooLong': {
    status: 422,
    vi: 'Khoảng ngày dài quá một năm. Chọn khoảng ngắn hơn.',
    en: 'More than a year. Choose a shorter period.',
  },
  'planning.noOffice': {
    status: 422,
    vi: 'Thôn không tự xếp đợt phát. Chọn xã hoặc cấp trên.',
    en: 'A hamlet plans no campaigns. Choose a commune or an area above.',
  },
  'planning.noHamlet': {
    status: 422,
    vi: 'Địa bàn không có thôn nào trong khoảng ngày này. Chọn địa bàn hoặc khoảng ngày khác.',
    en: 'The area has no hamlet in this period. Choose another area or period.',
  },
  'planning.refused': {
    status: 422,
    vi: 'Có bài hoặc thôn không xếp được ở địa bàn này. Sửa các mục được nêu rồi gửi lại.',
    en: 'Some scripts or hamlets cannot be planned here. Correct the listed ones and send again.',
  },
  'planning.hamletUnknown': {
    status: 422,
    vi: 'Không có thôn này trong địa bàn vào khoảng ngày đã chọn.',
    en: 'No such hamlet in the area in this period.',
  },
  'planning.cellTwice': {
    status: 422,
    vi: 'Một bài ở một thôn được nêu hai lần. Gộp lại rồi gửi.',
    en: 'A script is named twice for the same hamlet. Put them together.',
  },
  'planning.playsWrong': {
    status: 422,
    vi: 'Số lượt phát hoặc khoảng cách không hợp lệ. Sửa lại.',
    en: 'The number of plays, or the silence between them, is not possible. Correct it.',
  },
  'planning.cutWrong': {
    status: 422,
    vi: 'Mốc trước hạn đòi nhiều lượt hơn số lượt của mỗi thôn. Giảm số lượt trước hạn.',
    en: 'The cut asks for more plays than each hamlet is to have. Lower it.',
  },
  'planning.windowWrong': {
    status: 422,
    vi: 'Giờ ưu tiên kết thúc trước khi bắt đầu. Sửa lại giờ.',
    en: 'A preferred window ends before it begins. Correct its hours.',
  },
  'planning.tooLarge': {
    status: 422,
    vi: 'Quá nhiều để tính một lần. Chọn địa bàn nhỏ hơn, ít ngày hơn hoặc ít bài hơn.',
    en: 'Too much to work out at once. Choose a smaller area, fewer days or fewer scripts.',
  },
  'foreignLoudspeaker.unknown': {
    status: 404,
    vi: 'Không có loa ngoài hệ thống này hoặc tài khoản không được xem.',
    en: 'No such foreign loudspeaker, or none that this account may see.',
  },
  'foreignLoudspeaker.tooMany': {
    status: 422,
    vi: 'Địa bàn đã có 1.000 loa ngoài hệ thống. Xóa bớt loa không còn dùng.',
    en: 'The area has 1,000 foreign loudspeakers already. Delete those that are gone.',
  },
  'schedule.copyTooLarge': {
    status: 422,
    vi: 'Hơn {most} lượt phát trong những ngày này. Chọn ít ngày hơn.',
    en: 'More than {most} starts on these days. Choose fewer days.',
  },
  'schedule.templateEmpty': {
    status: 422,
    vi: 'Những ngày này không có lượt phát nào để làm lịch mẫu. Chọn ngày khác.',
    en: 'Nothing is scheduled on these days to make a template of. Choose other days.',
  },
  'schedule.templateUnknown': {
    status: 404,
    vi: 'Không có lịch mẫu này hoặc tài khoản không được dùng.',
    en: 'No such template, or none that this account may use.',
  },
  'schedule.icsUnreadable': {
    status: 422,
    vi: 'Đây không phải tệp lịch iCalendar, hoặc tệp bị đứt. Xuất lại tệp rồi gửi.',
    en: 'This is no iCalendar file, or it breaks off. Export it again, then send it.',
  },
  'schedule.icsTooMany': {
    status: 422,
    vi: 'Tệp lịch có hơn 500 sự kiện. Chia nhỏ tệp rồi gửi từng phần.',
    en: 'The calendar has more than 500 events. Split it and send the parts.',
  },
  'schedule.icsExportTooLarge': {
    status: 422,
    vi: 'Địa bàn có hơn {most} mục lịch nên không xuất được một lần. Hủy bớt các mục không còn dùng.',
    en: 'The area has more than {most} entries: too many for one calendar. Cancel those no longer needed.',
  },
  'schedule.icsEventUnreadable': {
    status: 422,
    vi: 'Không đọc được sự kiện này. Sửa lại trong phần mềm lịch rồi xuất lại.',
    en: 'This event cannot be read. Correct it in the calendar, then export it again.',
  },
  'schedule.icsAllDay': {
    status: 422,
    vi: 'Sự kiện cả ngày không có giờ phát. Đặt giờ cho sự kiện.',
    en: 'An all-day event has no time to be played at. Give it a time.',
  },
  'schedule.icsPeriod': {
    status: 422,
    vi: 'Ngày lặp ghi bằng khoảng thời gian (PERIOD) không nhập được. Ghi bằng giờ bắt đầu.',
    en: 'Dates that are periods (RDATE with PERIOD) cannot be taken. Give them as starts.',
  },
  'schedule.icsUnsupported': {
    status: 422,
    vi: 'Sự kiện dùng EXRULE hoặc RANGE đã bị bỏ khỏi tiêu chuẩn. Ghi từng ngày riêng.',
    en: 'The event uses EXRULE or RANGE. Name the single dates instead.',
  },
  'schedule.icsOrphan': {
    status: 422,
    vi: 'Lượt dời riêng này không có sự kiện gốc trong tệp. Xuất lại cả chuỗi sự kiện.',
    en: 'This moved occurrence has no series in the file. Export the whole series.',
  },
  'schedule.icsTwice': {
    status: 422,
    vi: 'Trong tệp đã có sự kiện khác cùng mã UID. Mỗi sự kiện cần một mã riêng.',
    en: 'Another event of the file has the same UID. Each event needs its own.',
  },
  'schedule.icsNoEvent': {
    status: 422,
    vi: 'Không phải sự kiện (việc cần làm, ghi chú…) nên bỏ qua.',
    en: 'Not an event (a to-do, a note …), so it is left out.',
  },
  'schedule.icsCancelled': {
    status: 422,
    vi: 'Sự kiện đã hủy nên bỏ qua.',
    en: 'The event was called off, so it is left out.',
  },
  'schedule.icsNoItem': {
    status: 422,
    vi: 'Không có nội dung đã duyệt nào trùng tên sự kiện. Chọn nội dung cho sự kiện.',
    en: 'No approved content is called as this event is. Choose what it plays.',
  },
  'schedule.icsTitleAmbiguous': {
    status: 422,
    vi: 'Nhiều nội dung trùng tên sự kiện. Chọn nội dung cho sự kiện.',
    en: 'Several contents are called as this event is. Choose what it plays.',
  },
  'schedule.icsCountTooLarge': {
    status: 422,
    vi: 'Số lần lặp (COUNT) lớn hơn 20.000. Đặt ngày kết thúc thay cho số lần.',
    en: 'The event repeats more than 20,000 times (COUNT). Give it a last day instead.',
  },
});
