/** Sentences as communes write them; those of plans are quoted from the five communication plans the project was planned with. */
export const NOTICES = [
  'Kính thưa bà con, hôm nay Ủy ban nhân dân xã thông báo lịch tiêm phòng cho đàn gia súc.',
  'Truyền thông về công tác giảm nghèo bền vững phù hợp với từng đối tượng, thành phần, từng cấp, ngành nắm vững, hiểu rõ các chủ trương, định hướng, cơ chế, chính sách.',
  'Người dân, cán bộ, đảng viên, công chức, viên chức, người lao động và toàn xã hội.',
  'Tuyên truyền hiệu quả, thực hiện tốt nhiệm vụ chỉ tiêu giảm nghèo của tỉnh đến năm 2025: Bình quân hàng năm giảm tỷ lệ hộ nghèo từ 3% trở lên.',
  'Qua đó, góp phần đạt mục tiêu Nghị quyết Đại hội Đại biểu Đảng bộ tỉnh lần thứ XII đã đề ra, đưa tỉnh “trở thành tỉnh trung bình khá vào năm 2025”.',
  'Chính phủ phê duyệt Chương trình Mục tiêu quốc gia giảm nghèo bền vững giai đoạn 2021-2025; Thông tư số 06/TT-2022/TT-BTTTT ngày 30/6/2022.',
  'Truyền thông cho các đối tượng thụ hưởng của Chương trình giảm nghèo và toàn xã hội về các tấm gương điển hình, sáng kiến hay, mô hình giảm nghèo.',
  'Phạm vi thực hiện: Trên phạm vi toàn tỉnh. Thời gian thực hiện: Từ năm 2022 đến năm 2025.',
  'Trạm y tế mời các cháu dưới năm tuổi đến uống vitamin A tại nhà văn hóa thôn.',
  'Điện lực sẽ ngừng cấp điện từ 7 giờ đến 11 giờ để sửa chữa đường dây khu vực chợ.',
  'Đề nghị các hộ có gà, vịt chết bất thường báo ngay cho thú y xã, không vứt xác xuống kênh mương.',
  'Lũ về nhanh, bà con vùng trũng khẩn trương đưa trâu bò, lúa giống và đồ đạc lên chỗ cao.',
] as const;
